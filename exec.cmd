@rem The scripts of package.json begin with "exec", so that elsewhere no shell stands between npm and Node.
@rem On Windows, where there is no such command, this file takes its place.
@%*
