"""A full disk at the center: uploads are refused by name with a time to wait, reading goes on, and intake resumes by
itself when space is free again. The center's state lies on a small file system of this test's own."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "lib"))

import ecg_client as ecg  # noqa: E402
from ecg_client import Refused, block_message, close_message, make_block, new_id, open_message  # noqa: E402
from network import Network, wait_for  # noqa: E402

SIZE_MIB, RESERVE_MIB = 96, 16


class FullDiskTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ecg-full-disk-")
        self.disk = Path(self.folder.name) / "center"
        self.disk.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=700", "tmpfs", self.disk],
                              capture_output=True, check=False)
        if made.returncode != 0:
            self.folder.cleanup()
            self.skipTest(f"needs the right to mount a small file system: {made.stderr.decode().strip()}")
        self.net = Network(self.folder.name, os.environ["ECG_BIN_DIR"], os.environ["ECG_WEB_DIR"], fixed_ports=False)
        self.net.more_settings = f"[storage]\nreserve_mib = {RESERVE_MIB}\n"
        self.net.start_center()
        self.net.add_person("lihua", "李华", "reader")
        state = self.net.add_clinic("baishi", "白石镇卫生院", "none").state
        self.gateway = ecg.Gateway(f"127.0.0.1:{self.net.ports()['gateways']}", state / "ca.crt", state / "gateway.crt",
                                   state / "gateway.key")

    def tearDown(self):
        if hasattr(self, "net"):
            self.net.stop()
            subprocess.run(["umount", self.disk], check=True)
            self.folder.cleanup()

    def upload(self):
        frames, study, upload = ecg.wave(5000), ecg.registration(), new_id()
        blocks = [block_message(make_block(frames[at:at + 125], at)) for at in range(0, 5000, 125)]
        self.gateway.upload(open_message(upload, study, ecg.recording_format()), *blocks, close_message(frames, study))
        return study.study_id

    def test_uploads_are_refused_reading_goes_on_and_intake_resumes(self):
        first = self.upload()
        ballast = self.disk / "ballast"
        free = os.statvfs(self.disk)
        with open(ballast, "wb") as out:
            out.write(bytes(free.f_bavail * free.f_frsize - (RESERVE_MIB - 4) * 1024 * 1024))

        def refused():
            try:
                self.upload()
            except Refused as refusal:
                return refusal
            return None
        refusal = wait_for("the refusal", refused, 15, every_s=0.2)
        self.assertEqual(refusal.detail.code, 2201)
        self.assertGreater(refusal.detail.retry_after_ms, 0)

        self.net.sign_in("lihua")
        wait_for("the first study on the worklist",
                 lambda: first in [s["id"] for s in self.net.person("lihua", "worklist")["studies"]], 15, every_s=0.2)
        lease = self.net.person("lihua", "claim", first)["lease"]["token"]
        signed = self.net.person("lihua", "sign", first, "--lease", lease, "--finding", "SR")
        self.assertEqual(signed["report"]["status"], "REPORT_STATUS_FINAL")

        ballast.unlink()

        def accepted():
            try:
                return self.upload()
            except Refused:
                return None
        wait_for("intake to resume by itself", accepted, 15, every_s=0.2)


if __name__ == "__main__":
    outcome = unittest.main(verbosity=2, exit=False).result
    sys.exit(77 if outcome.skipped and outcome.wasSuccessful() else not outcome.wasSuccessful())
