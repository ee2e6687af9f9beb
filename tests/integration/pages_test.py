"""Starts a center and a clinic, then lets tests/web/main_job.mjs drive the three pages in a real browser."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "lib"))

from network import Network, wait_for  # noqa: E402


def main():
    browser = "/usr/bin/chromium"
    if not Path(browser).exists():
        print(f"SKIPPED: {browser} is not installed (deploy/dependencies --tests)")
        return 77
    screenshots = os.environ.get("ECG_SCREENSHOTS", "")
    with tempfile.TemporaryDirectory(prefix="ecg-pages-") as folder:
        net = Network(folder, os.environ["ECG_BIN_DIR"], os.environ["ECG_WEB_DIR"], fixed_ports=False)
        try:
            net.start_center()
            clinic = net.add_clinic("baishi", "白石镇卫生院", "simulator:sinus:72")
            for user, name, role, site in (("lihua", "李华", "reader", ""), ("admin", "管理员", "admin", ""),
                                           ("nurse", "护士", "clinic", "baishi")):
                net.add_person(user, name, role, site)
            clinic.start()
            wait_for("the line", lambda: clinic.ctl("clinic")["clinic"]["line"] == "LINE_STATE_CONNECTED", 15,
                     alive=[clinic.program, net.center])

            def login(user):
                return {"user": user, "password": net.passwords[user]}
            config = Path(folder) / "pages.json"
            config.write_text(json.dumps({
                "reader_url": f"{net.url()}/reader.html", "admin_url": f"{net.url()}/admin.html",
                "clinic_url": f"{clinic.url()}/clinic.html", "reader": login("lihua"), "admin": login("admin"),
                "clinic": login("nurse"), "screenshots_dir": screenshots, "browser": browser}))
            code = subprocess.run(["node", str(ROOT / "tests" / "web" / "main_job.mjs"), str(config)], check=False,
                                  timeout=240).returncode
            if code != 0:
                print(f"--- center\n{net.center.tail(20)}\n--- gateway\n{clinic.program.tail(20)}")
            return code
        finally:
            net.stop()


if __name__ == "__main__":
    sys.exit(main())
