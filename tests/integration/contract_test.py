"""The contract, held against a real center by a client that shares no code with it: what it accepts, and each no."""

import os
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "lib"))

import ecg_client as ecg  # noqa: E402
from ecg_client import Refused, block_message, close_message, make_block, new_id, open_message  # noqa: E402
from network import Network, wait_for  # noqa: E402


class ContractTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="ecg-contract-test-")
        cls.net = Network(cls.folder.name, os.environ["ECG_BIN_DIR"], os.environ["ECG_WEB_DIR"], fixed_ports=False)
        cls.net.start_center()
        cls.gateway = cls.enrol("baishi", "白石镇卫生院")
        cls.other = cls.enrol("qingyun", "青云镇卫生院")

    @classmethod
    def tearDownClass(cls):
        cls.net.stop()
        cls.folder.cleanup()

    @classmethod
    def enrol(cls, site, name):
        state = cls.net.add_clinic(site, name, "none").state
        return ecg.Gateway(f"127.0.0.1:{cls.net.ports()['gateways']}", state / "ca.crt", state / "gateway.crt",
                           state / "gateway.key")

    def refused(self, catalogue, *messages, gateway=None):
        with self.assertRaises(Refused) as caught:
            (gateway or self.gateway).upload(*messages)
        self.assertEqual(caught.exception.detail.code, catalogue, caught.exception)
        self.assertTrue(caught.exception.detail.message_zh)
        self.assertTrue(caught.exception.detail.next_en)
        return caught.exception

    def whole(self, frames, upload=None, study=None):
        upload, study = upload or new_id(), study or ecg.registration()
        blocks = [block_message(make_block(frames[at:at + 125], at)) for at in range(0, len(frames), 125)]
        return upload, study, [open_message(upload, study, ecg.recording_format()), *blocks, close_message(frames, study)]

    def test_whole_upload_gets_a_receipt_and_is_listed(self):
        frames = ecg.wave(5000)
        upload, study, messages = self.whole(frames)
        answers = self.gateway.upload(*messages)
        body = ecg.upload_pb2.StorageReceiptBody.FromString(answers[-1].closed.receipt.body)
        self.assertEqual((body.upload_id, body.study_id, body.frames), (upload, study.study_id, 5000))
        self.assertEqual(body.sha256, ecg.digest_of(frames))
        wait_for("the study on the worklist",
                 lambda: study.study_id in [s["id"] for s in self.net.admin("worklist")["studies"]], 20, every_s=0.1)

    def test_repeating_everything_changes_nothing(self):
        frames = ecg.wave(1000)
        upload, study, messages = self.whole(frames)
        first = self.gateway.upload(*messages)[-1].closed.receipt
        again = self.gateway.upload(open_message(upload, study, ecg.recording_format()))
        self.assertEqual(again[0].opened.durable_frames, 1000)
        self.assertEqual(again[0].opened.receipt.body, first.body)
        third = self.gateway.upload(*messages)
        self.assertIn(first.body, [third[0].opened.receipt.body, third[-1].closed.receipt.body])
        listed = [s["id"] for s in self.net.admin("worklist", "--all")["studies"]]
        self.assertEqual(listed.count(study.study_id), 1)

    def test_resume_goes_on_at_the_durable_frame(self):
        frames = ecg.wave(1000)
        upload, study, messages = self.whole(frames)
        self.gateway.upload(*messages[:4])  # open and three blocks of 125
        reopened = self.gateway.upload(messages[0])
        self.assertEqual(reopened[0].opened.durable_frames, 375)
        answers = self.gateway.upload(messages[0], *messages[4:])
        self.assertTrue(answers[-1].closed.receipt.body)

    def test_wrong_checksum_is_refused_and_nothing_of_it_stored(self):
        frames = ecg.wave(250)
        upload, study, messages = self.whole(frames)
        messages[2].block.crc32c ^= 1
        self.refused(2103, *messages)
        self.assertEqual(self.gateway.upload(messages[0])[0].opened.durable_frames, 125)

    def test_gap_and_overlap_in_sequence_are_refused(self):
        frames = ecg.wave(500)
        _, _, messages = self.whole(frames)
        self.refused(2101, messages[0], messages[1], messages[3])
        upload, study, messages = self.whole(frames)
        overlap = block_message(make_block(frames[60:185], 60))
        self.refused(2101, messages[0], messages[1], overlap)
        self.assertEqual(self.gateway.upload(messages[0])[0].opened.durable_frames, 125)

    def test_wrong_digest_is_refused_and_the_data_kept_aside(self):
        frames = ecg.wave(250)
        upload, study, messages = self.whole(frames)
        messages[-1] = close_message(frames, study, digest=b"\x00" * 32)
        self.refused(2104, *messages)
        kept = [u["upload_id"] for u in self.net.admin("quarantine")["uploads"]]
        self.assertIn(upload, kept)

    def test_sampling_outside_250_to_1000_is_refused(self):
        for hz in (249, 1001, 0, float("nan")):
            self.refused(2109, open_message(new_id(), ecg.registration(), ecg.recording_format(hz)))

    def test_more_leads_than_the_limit_are_refused(self):
        self.refused(2107, open_message(new_id(), ecg.registration(), ecg.recording_format(leads=[0] * 17)))

    def test_more_samples_than_the_limit_are_refused(self):
        # At 250 Hz ten minutes are 150,000 frames; the block that passes them is refused, the rest is kept.
        flat = [(0,)] * 2000
        messages = [open_message(new_id(), ecg.registration(), ecg.recording_format(250, leads=[2]))]
        messages += [block_message(make_block(flat, at)) for at in range(0, 152_000, 2000)]
        self.refused(2108, *messages)
        self.assertEqual(self.gateway.upload(messages[0])[0].opened.durable_frames, 150_000)

    def test_upload_id_reused_with_other_content_is_refused(self):
        upload, study, messages = self.whole(ecg.wave(250))
        self.gateway.upload(*messages)
        other = ecg.registration()
        self.refused(2102, open_message(upload, other, ecg.recording_format()))
        self.refused(2102, open_message(upload, study, ecg.recording_format(hz=1000)))

    def test_another_sites_upload_is_refused(self):
        upload, study, messages = self.whole(ecg.wave(250))
        self.gateway.upload(*messages[:2])
        self.refused(4004, *messages[:1], gateway=self.other)
        self.assertEqual(self.gateway.upload(messages[0])[0].opened.durable_frames, 125)

    def test_another_sites_study_id_is_refused(self):
        upload, study, messages = self.whole(ecg.wave(250))
        self.gateway.upload(*messages)
        self.refused(4004, open_message(new_id(), study, ecg.recording_format()), gateway=self.other)

    def test_block_before_open_is_refused(self):
        self.refused(2106, block_message(make_block(ecg.wave(125), 0)))

    def test_unknown_certificate_never_reaches_the_service(self):
        import subprocess
        folder = Path(self.folder.name)
        key, certificate = folder / "self.key", folder / "self.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "2", "-subj", "/CN=stranger", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        stranger = ecg.Gateway(f"127.0.0.1:{self.net.ports()['gateways']}",
                               self.net.state / "gateways" / "baishi" / "ca.crt", certificate, key)
        with self.assertRaises(Refused) as caught:
            stranger.upload(open_message(new_id(), ecg.registration(), ecg.recording_format()), timeout=5)
        self.assertIn(caught.exception.code, ("UNAVAILABLE", "DEADLINE_EXCEEDED"))

    def test_revoked_certificate_is_refused_within_5_s(self):
        doomed = self.enrol("liuhe", "柳河镇卫生院")
        _, _, messages = self.whole(ecg.wave(250))
        doomed.upload(*messages)
        site = [s for s in self.net.admin("sites")["sites"] if s["site"]["id"] == "liuhe"][0]
        self.net.admin("gateway", "revoke", site["gateways"][0]["gateway_id"], "--reason", "stolen")

        def refused_now():
            try:
                doomed.upload(open_message(new_id(), ecg.registration(), ecg.recording_format()))
            except Refused as refusal:
                return refusal
            return None
        self.assertEqual(wait_for("the refusal", refused_now, 5, every_s=0.2).detail.code, 4006)

    def test_an_enrolment_code_works_once(self):
        import subprocess
        code = self.net.admin("site", "add", "sanli", "三里卫生院")["enrolment_code"]
        tool = self.net.tool("ecg-gateway")

        def enrol(to):
            return subprocess.run([tool, "enroll", code, "--state-dir", str(Path(self.folder.name) / to)],
                                  capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(enrol("first").returncode, 0)
        second = enrol("second")
        self.assertEqual(second.returncode, 4, second.stderr)
        self.assertIn("E6101", second.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
