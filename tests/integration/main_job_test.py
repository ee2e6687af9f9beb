"""The main job, walked as `deploy/demo --check` walks it, with the programs of this build."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "lib"))

import check  # noqa: E402

with tempfile.TemporaryDirectory(prefix="ecg-main-job-") as state:
    code = check.main(state, os.environ["ECG_BIN_DIR"], os.environ["ECG_WEB_DIR"])
sys.exit(code)
