"""JupyterLab's server, from python3-jupyterlab-server, with what build.js made:  python server.py FOLDER [OPTION…]"""

import os
import sys

from jupyterlab_server import LabServerApp

FOLDER = os.path.abspath(sys.argv.pop(1))


class Lab(LabServerApp):
    name = "lab"
    app_name = "JupyterLab"
    app_version = "4"
    load_other_extensions = False
    static_dir = templates_dir = os.path.join(FOLDER, "static")
    schemas_dir = os.path.join(FOLDER, "schemas")
    themes_dir = os.path.join(FOLDER, "themes")
    app_settings_dir = os.path.join(FOLDER, "settings")
    user_settings_dir = os.path.join(FOLDER, "user-settings")
    workspaces_dir = os.path.join(FOLDER, "workspaces")


def _jupyter_server_extension_points():
    return [{"module": __name__, "app": Lab}]


Lab.launch_instance()
