"""deploy/demo --check: walks the main job with the real programs and compares what arrived with what was sent."""

import hashlib
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

from network import Clinic, Failure, Network, Program, wait_for


class Steps:
    """A table of what was done, how long it took, and what was seen."""

    def __init__(self):
        self.rows, self.began = [], time.monotonic()

    def run(self, name, work):
        started = time.monotonic()
        try:
            seen = work() or ""
        except Failure as failure:
            self.show(name, started, "FAIL")
            raise Failure(f"{name}: {failure}") from None
        except (OSError, KeyError, ValueError, subprocess.SubprocessError) as fault:
            self.show(name, started, "FAIL")
            raise Failure(f"{name}: {type(fault).__name__}: {fault}") from fault
        self.show(name, started, seen)

    def show(self, name, started, seen):
        now = time.monotonic()
        print(f"{now - self.began:7.1f} s  {now - started:6.1f} s  {name:<58} {seen}", flush=True)


def expect(what, condition):
    if not condition:
        raise Failure(what)


def wfdb_samples(header):
    """Exact samples of a WFDB record of format 16, frame by frame; written apart from the product's own reader."""
    lines = [l for l in Path(header).read_text(encoding="utf-8").splitlines() if l and not l.startswith("#")]
    leads, frames = int(lines[0].split()[1]), int(lines[0].split()[3])
    expect(f"{header} is not format 16", all(l.split()[1].startswith("16") for l in lines[1:leads + 1]))
    data = (Path(header).parent / lines[1].split()[0]).read_bytes()
    expect(f"{header}: size", len(data) >= 2 * leads * frames)
    return leads, frames, data[:2 * leads * frames]


class Check:
    def __init__(self, network: Network, data: Path | None):
        self.net, self.data, self.steps = network, data, Steps()
        self.studies = {}   # what -> (clinic, study id)
        self.sources = {}   # what -> header of the source, for comparing
        self.signed = {}    # what -> report version

    # --- the walk -------------------------------------------------------------------------------------------------

    def walk(self):
        step = self.steps.run
        print(f"{'at':>9}  {'took':>8}  step")
        step("center starts", self.start_center)
        step("three clinics enrol and start", self.start_clinics)
        step("people sign in", self.sign_in)
        step("three clinics record 10 s live; power cuts on the way", self.record_live)
        step("files enter through the watched folder", self.submit_files)
        step("a nonsense file is refused and kept aside", self.submit_nonsense)
        step("every study is analysed and on the worklist", self.await_worklist)
        step("stored samples equal the source, bit for bit", self.compare_samples)
        step("two readers ask at once and get different studies", self.claim_at_once)
        step("a reader signs every study", self.sign_all)
        step("reports are back at their clinics, and opened", self.open_reports)
        step("the administrator sees it", self.look_at_network)
        step("backup, verify, restore, and the same study is there", self.backup)
        step("everything stops cleanly", self.stop)

    def start_center(self):
        self.net.start_center()
        for user, name, role in (("lihua", "李华", "reader"), ("wangmin", "王敏", "reader"), ("admin", "管理员", "admin")):
            self.net.add_person(user, name, role)
        return self.net.url()

    def start_clinics(self):
        for site, name, scenario in (("baishi", "白石镇卫生院", "simulator:sinus:72"),
                                     ("qingyun", "青云镇卫生院", "simulator:af:118"),
                                     ("liuhe", "柳河镇卫生院", "simulator:sinus:88,ste=inferior")):
            self.net.add_clinic(site, name, scenario).start()
        for clinic in self.net.clinics:
            wait_for(f"the line of {clinic.id}", lambda c=clinic: self.clinic_state(c)["line"] == "LINE_STATE_CONNECTED",
                     15, every_s=0.1, alive=[clinic.program, self.net.center])
        return "by one-time codes, keys made on the spot"

    def clinic_state(self, clinic: Clinic):
        return clinic.ctl("clinic")["clinic"]

    def sign_in(self):
        for user in ("lihua", "wangmin", "admin"):
            self.net.sign_in(user)
        code, _ = self.net.person("lihua", "sites", expect=None)
        expect(f"a reader must not see the administrator's page (exit {code})", code == 4)
        return "a reader is refused the administrator's view"

    def record_live(self):
        baishi, qingyun, liuhe = self.net.clinics
        plan = ((baishi, "live through a center power cut", "routine", ["--name", "陈明", "--sex", "male", "--age", "41"]),
                (qingyun, "live through a gateway power cut", "urgent", ["--name", "赵桂兰", "--sex", "female", "--birth", "1954-05-02"]),
                (liuhe, "live, chest pain", "stat", ["--name", "李秀英", "--sex", "female", "--birth", "1959-03-12",
                                                     "--symptom", "chest-pain"]))
        for clinic, what, priority, patient in plan:
            study = clinic.ctl("exam", "register", "--priority", priority, "--pacemaker", "no", *patient)["study_id"]
            clinic.ctl("exam", "capture", study, "--seconds", "10", "--send")
            self.studies[what] = (clinic, study)

        # Power fails at the center while recordings are on their way, and at one clinic while it records.
        for what, (clinic, study) in self.studies.items():
            wait_for(f"first acknowledged samples of {clinic.id}",
                     lambda c=clinic, s=study: (c.study(s) or {}).get("uploaded_fraction", 0) > 0, 10)
        self.net.center.kill()
        time.sleep(1.0)
        self.net.start_center()
        study = self.studies["live through a gateway power cut"][1]
        wait_for("6 s of the recording to be cut", lambda: qingyun.study(study)["recorded_s"] >= 6, 15)
        qingyun.program.kill()
        qingyun.start()
        for what, (clinic, study) in self.studies.items():
            seen = clinic.wait_for_step(study, "AT_CENTER", 30)
            expect(f"only the cut capture is partial ({what})", seen["partial"] == (clinic is qingyun))
            if clinic is not qingyun:
                expect(f"10 s recorded ({what}: {seen['recorded_s']})", abs(seen["recorded_s"] - 10) < 0.01)
            else:
                expect(f"what was recorded is kept ({seen['recorded_s']})", 6 <= seen["recorded_s"] < 10)
                kept = seen["recorded_s"]
        return f"center and a gateway killed with SIGKILL; partial recording of {kept:.2f} s kept"

    def submit_files(self):
        if self.data is None:
            return "SKIPPED: ECG_DATA_DIR is not set; no real recordings at hand"
        clinic = self.net.clinics[0]
        ptb = sorted((self.data / "ptbxl" / "records500").rglob("*_hr.hea"))[0]
        scp = self.data / "formats" / "scp" / "rigacci_contec_0000050.scp"
        for what, path in (("PTB-XL 12-lead", ptb), ("SCP-ECG file of a device", scp)):
            clinic.ctl("submit", str(path))

            def imported(name=path.name):
                for f in clinic.ctl("imports")["files"]:
                    if f["file_name"] == name:
                        return f
                return None
            file = wait_for(f"import of {path.name}", imported, 20, every_s=0.1, alive=[clinic.program])
            expect(f"{path.name} refused: E{file['error_code']} {file['subject']}", file["error_code"] == 0)
            self.studies[what] = (clinic, file["study_id"])
            clinic.wait_for_step(file["study_id"], "AT_CENTER", 20)
        self.sources["PTB-XL 12-lead"] = ptb
        return f"{ptb.name}, {scp.name}"

    def submit_nonsense(self):
        clinic = self.net.clinics[0]
        bad = self.net.state / "nonsense.hea"
        bad.write_text("this is not a header\n")
        clinic.ctl("submit", str(bad))

        def refused():
            for f in clinic.ctl("imports")["files"]:
                if f["file_name"] == "nonsense.hea":
                    return f
            return None
        file = wait_for("the refusal", refused, 20, every_s=0.1, alive=[clinic.program])
        expect("a nonsense file must be refused", file["error_code"] != 0)
        kept = Path(file["kept_as"])
        expect(f"the original is kept ({kept})", kept.read_text() == "this is not a header\n")
        return f"E{file['error_code']}, original kept"

    def await_worklist(self):
        wanted = {study for _, study in self.studies.values()}

        def listed():
            rows = self.net.person("lihua", "worklist")["studies"]
            ready = [r for r in rows if r["id"] in wanted and r["state"] == "STUDY_STATE_QUEUED"]
            return rows if len(ready) == len(wanted) else None
        rows = wait_for("all studies queued", listed, 20, every_s=0.1, alive=[self.net.center])
        order = [r["priority"] for r in rows]
        rank = ["PRIORITY_STAT", "PRIORITY_URGENT", "PRIORITY_ROUTINE", "PRIORITY_SCREENING"]
        expect(f"ordered by class ({order})", order == sorted(order, key=rank.index))
        expect("every study analysed", all(r["analysis_state"] == "ANALYSIS_STATE_DONE" for r in rows))
        return f"{len(rows)} studies, most urgent first"

    def compare_samples(self):
        out = self.net.state / "compare"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        total = 0
        for number, (what, (clinic, study)) in enumerate(self.studies.items()):
            at_center, at_clinic = out / f"center{number}.hea", out / f"clinic{number}.hea"
            self.net.person("lihua", "study", "export", study, str(at_center))
            clinic.ctl("spool", "export", study, str(at_clinic))
            stored, sent = wfdb_samples(at_center), wfdb_samples(at_clinic)
            expect(f"{what}: samples at the center differ from the clinic's spool", stored == sent)
            if what in self.sources:
                expect(f"{what}: samples at the center differ from the file", stored == wfdb_samples(self.sources[what]))
            digest = hashlib.sha256()  # as CloseUpload.sha256 defines it, computed apart from the product
            for at in range(0, len(stored[2]), 2):
                digest.update(int.from_bytes(stored[2][at:at + 2], "little", signed=True).to_bytes(4, "little", signed=True))
            received = self.net.person("lihua", "study", "show", study)["study"]["recording_sha256"]
            import base64
            expect(f"{what}: digest", base64.b64decode(received) == digest.digest())
            total += len(stored[2]) // 2
        return f"{total} samples of {len(self.studies)} studies; digests computed independently"

    def claim_at_once(self):
        got = {}

        def claim(user):
            got[user] = self.net.person(user, "claim", "next")
        readers = [threading.Thread(target=claim, args=(u,)) for u in ("lihua", "wangmin")]
        for r in readers:
            r.start()
        for r in readers:
            r.join()
        expect("both readers got a study", len(got) == 2)
        ids = {u: a["study"]["summary"]["id"] for u, a in got.items()}
        expect(f"two readers got the same study {ids}", ids["lihua"] != ids["wangmin"])
        code, _ = self.net.person("wangmin", "claim", ids["lihua"], expect=None)
        expect(f"a taken study must be refused (exit {code})", code == 6)
        for user, answer in got.items():
            self.net.person(user, "release", ids[user], "--lease", answer["lease"]["token"])
        return "and the other's study is refused by name"

    def sign_all(self):
        for what, (_, study) in self.studies.items():
            claimed = self.net.person("lihua", "claim", study)
            lease = claimed["lease"]["token"]
            signed = self.net.person("lihua", "sign", study, "--lease", lease, "--finding", "SR",
                                     "--text", "复核自动测量值。", "--advice", "门诊随访")
            self.signed[what] = signed["report"]["version"]
            expect(f"{what}: final", signed["report"]["status"] == "REPORT_STATUS_FINAL")
            code, _ = self.net.person("wangmin", "sign", study, "--lease", lease, "--finding", "AFIB", expect=None)
            expect(f"a second signature must be refused (exit {code})", code != 0)
        return f"{len(self.signed)} reports"

    def open_reports(self):
        slowest = 0.0
        for what, (clinic, study) in self.studies.items():
            started = time.monotonic()
            clinic.wait_for_step(study, "REPORT_BACK", 20)
            slowest = max(slowest, time.monotonic() - started)
            pdf = self.net.state / "reports" / f"{study}.pdf"
            pdf.parent.mkdir(exist_ok=True)
            pdf.unlink(missing_ok=True)
            clinic.ctl("exam", "report", study, "--pdf", str(pdf))
            expect(f"{what}: a PDF", pdf.read_bytes().startswith(b"%PDF-"))
            opened = clinic.study(study)
            steps = [e["step"] for e in opened["ladder"] if e.get("at")]
            expect(f"{what}: the whole ladder is true ({steps})", len(steps) == 5)

        def acknowledged():
            return all(self.net.person("lihua", "report", "show", s)["report"]["delivery"] == "DELIVERY_STATE_ACKNOWLEDGED"
                       for _, s in self.studies.values())
        wait_for("the center knows that every report was opened", acknowledged, 15, every_s=0.2)
        return f"slowest {slowest:.1f} s after the last signature"

    def look_at_network(self):
        health = self.net.person("admin", "sites")
        expect(f"three sites ({len(health['sites'])})", len(health["sites"]) == 3)
        wait_for("all gateways on line",
                 lambda: all(s["state"] in ("GATEWAY_STATE_ONLINE", "GATEWAY_STATE_DEGRADED")
                             for s in self.net.person("admin", "sites")["sites"]), 20, every_s=0.5)
        gateway = health["sites"][0]["gateways"][0]
        return f"clock offset {gateway.get('clock_offset_ms', '?')} ms, unsent {gateway.get('unsent_studies', '?')}"

    def backup(self):
        file, restored = self.net.state / "backup", self.net.state / "restored"
        for folder in (file, restored):
            shutil.rmtree(folder, ignore_errors=True)
        self.net.admin("backup", "create", str(file))
        self.net.ctl("backup", "verify", str(file))
        self.net.ctl("backup", "restore", str(file), str(restored / "center"))
        second = Network(restored, self.net.binaries, self.net.web, fixed_ports=False)
        try:
            second.start_center()
            for what, (_, study) in self.studies.items():
                out = restored / f"{study}.hea"
                second.admin("study", "export", study, str(out))
                first = self.net.state / "compare" / f"center{list(self.studies).index(what)}.hea"
                expect(f"{what}: samples after the restore", wfdb_samples(out) == wfdb_samples(first))
                report = second.admin("report", "show", study)["report"]
                expect(f"{what}: report after the restore", report["version"] == self.signed[what])
        finally:
            second.stop()
        return f"{sum(f.stat().st_size for f in file.rglob('*')) // 1024} KiB, {len(self.studies)} studies compared"

    def stop(self):
        bad = self.net.stop()
        expect(f"did not end with 0: {', '.join(bad)}", not bad)


def main(state, binaries, web):
    data = os.environ.get("ECG_DATA_DIR")
    network = Network(state, binaries, web, fixed_ports=False)
    try:
        Check(network, Path(data) if data else None).walk()
    except Failure as failure:
        for program in [network.center, *(c.program for c in network.clinics)]:
            print(f"\n--- end of {program.log}\n{program.tail(12)}")
        print(f"\nFAIL: {failure}")
        return 1
    finally:
        network.stop()
    print("PASS")
    return 0
