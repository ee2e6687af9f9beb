"""A center and its clinics as processes on this machine: started, asked and stopped the way an operator would."""

import json
import os
import re
import secrets
import signal
import subprocess
import time
from pathlib import Path


class Failure(Exception):
    """Something did not work; the text says what, to what, and where the log is."""


class Program:
    """One daemon with its log; restarted as it was started."""

    def __init__(self, name, command, log, env=None):
        self.name, self.command, self.log, self.env = name, command, Path(log), env
        self.process = None

    def start(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.env, start_new_session=True)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As a power cut would: SIGKILL, no warning."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, patience_s=25):
        """SIGTERM, and the exit code. A program that does not end in time is killed and reported."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} did not stop within {patience_s} s; its log is {self.log}") from None

    def tail(self, lines=15):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def wait_for(what, check, seconds, every_s=0.05, alive=()):
    """Polls check() until it answers something true. The programs in alive must go on running meanwhile."""
    end = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        for program in alive:
            if not program.running():
                raise Failure(f"{program.name} ended while waiting for {what}:\n{program.tail()}")
        if time.monotonic() > end:
            logs = "".join(f"\n{p.name}: {p.tail(6)}" for p in alive)
            raise Failure(f"{what}: not within {seconds} s{logs}")
        time.sleep(every_s)


class Clinic:
    def __init__(self, network, site_id, name, device, port):
        self.network, self.id, self.name, self.device, self.port = network, site_id, name, device, port
        self.state = network.state / "gateways" / site_id
        self.inbox = self.state / "watched"
        self.socket = self.state / "ctl.sock"
        self.config = self.state / "gateway.toml"
        self.program = Program(
            f"gateway {site_id}", [network.tool("ecg-gateway"), "run", "-c", str(self.config)],
            network.state / "log" / f"gateway-{site_id}.log")

    def enrolled(self):
        return (self.state / "gateway.crt").exists()

    def configure(self):
        for folder in (self.state, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f'state_dir = "{self.state}"\n'
            f'device = "{self.device}"\n'
            f'watch_folder = "{self.inbox}"\n'
            f'web_dir = "{self.network.web}"\n'
            f'[clinic_page]\nport = {self.port}\n')

    def start(self):
        self.configure()
        for left in ("clinic.port", "ctl.sock"):
            (self.state / left).unlink(missing_ok=True)
        self.program.start()
        wait_for(f"the clinic page of {self.id}", (self.state / "clinic.port").exists, 20, alive=[self.program])

    def url(self):
        return f"http://127.0.0.1:{(self.state / 'clinic.port').read_text().strip()}"

    def ctl(self, *arguments, **options):
        return self.network.ctl("--gateway", str(self.socket), *arguments, **options)

    def study(self, study_id):
        for study in self.ctl("spool", "ls")["studies"]:
            if study["study_id"] == study_id:
                return study
        return None

    def reached(self, study, step):
        return any(e["step"] == f"LADDER_STEP_{step}" and e.get("at") for e in study["ladder"])

    def wait_for_step(self, study_id, step, seconds):
        def there():
            study = self.study(study_id)
            return study if study and self.reached(study, step) else None
        return wait_for(f"{step.lower().replace('_', ' ')} of study {study_id} at {self.id}", there, seconds,
                        every_s=0.1, alive=[self.program])


class Network:
    """state: the folder that holds everything. ports: 0 for free ones (checks), or the documented ones (demo)."""

    def __init__(self, state, binaries, web, fixed_ports):
        self.state, self.binaries, self.web = Path(state).resolve(), Path(binaries).resolve(), Path(web).resolve()
        self.fixed_ports = fixed_ports
        self.center_state = self.state / "center"
        self.socket = self.center_state / "ctl.sock"
        self.config = self.state / "server.toml"
        self.center = Program(
            "center", [self.tool("ecg-server"), "serve", "--insecure-loopback", "-c", str(self.config)],
            self.state / "log" / "center.log")
        self.clinics = []
        self.passwords = {}
        self.more_settings = ""  # lines added to the center's configuration

    def tool(self, name):
        return str(self.binaries / name)

    # --- the center -------------------------------------------------------------------------------------------

    def configure(self):
        self.state.mkdir(parents=True, exist_ok=True)
        self.center_state.mkdir(parents=True, exist_ok=True)
        gateways, enrolment, browsers = (7443, 7444, 8443) if self.fixed_ports else self.kept_ports()
        self.config.write_text(
            'center_name = "毕节市心血管中心"\nduty_phone = "0857-8000120"\npublic_host = "127.0.0.1"\n'
            f'state_dir = "{self.center_state}"\nweb_dir = "{self.web}"\n'
            f'[gateways]\naddress = "127.0.0.1"\nport = {gateways}\nconnections_per_address = 256\n'
            f'[enrolment]\naddress = "127.0.0.1"\nport = {enrolment}\n'
            f'[browsers]\naddress = "127.0.0.1"\nport = {browsers}\n'
            + self.more_settings)

    def kept_ports(self):
        """Free ports on the first start; after that the same again, so that clinics find the center back."""
        try:
            ports = self.ports()
            return ports["gateways"], ports["enrolment"], ports["browsers"]
        except (OSError, ValueError, KeyError):
            return 0, 0, 0

    def ports(self):
        return json.loads((self.center_state / "ports.json").read_text())

    def start_center(self):
        self.configure()
        for left in ("ports.json", "ctl.sock"):
            (self.center_state / left).unlink(missing_ok=True)
        self.center.start()
        wait_for("the center", (self.center_state / "ports.json").exists, 20, alive=[self.center])

    def url(self):
        return f"http://127.0.0.1:{self.ports()['browsers']}"

    # --- people and clinics -------------------------------------------------------------------------------------

    def add_person(self, user, name, role, site="", password=None):
        """Adds the person once; the password is made here, kept in the state folder (0600), and printed by the demo."""
        kept = self.state / "logins.json"
        logins = json.loads(kept.read_text()) if kept.exists() else {}
        if user not in logins:
            password = password or secrets.token_urlsafe(12)
            arguments = ["user", "add", user, "--name", name, "--role", role, "--password-file", "-"]
            self.admin(*arguments, *(["--site", site] if site else []), input_text=password + "\n")
            logins[user] = {"password": password, "role": role, "site": site, "name": name}
            kept.touch(mode=0o600, exist_ok=True)
            kept.write_text(json.dumps(logins, ensure_ascii=False, indent=1))
        self.passwords = {u: entry["password"] for u, entry in logins.items()}
        return self.passwords[user]

    def add_clinic(self, site_id, name, device, port=0):
        """A clinic as an administrator adds one: a code from the center, spent by the gateway. Not yet started."""
        clinic = Clinic(self, site_id, name, device, port)
        clinic.configure()
        if not clinic.enrolled():
            answer = self.admin("site", "add", site_id, name)
            result = subprocess.run(
                [self.tool("ecg-gateway"), "enroll", answer["enrolment_code"], "--state-dir", str(clinic.state)],
                capture_output=True, text=True, timeout=30, check=False)
            if result.returncode != 0:
                raise Failure(f"enrolment of {site_id} failed: {result.stderr.strip()}")
        self.clinics.append(clinic)
        return clinic

    # --- asking -------------------------------------------------------------------------------------------------

    def ctl(self, *arguments, expect=0, input_text=None, env=None):
        """ecgctl --json; its answer. expect: the exit code that is right, or None for any (then (code, answer))."""
        result = subprocess.run(
            [self.tool("ecgctl"), "--json", *arguments], input=input_text, capture_output=True, text=True, timeout=60,
            env={**os.environ, "XDG_STATE_HOME": str(self.state / "sessions"), **(env or {})}, check=False)
        try:
            answer = json.loads(result.stdout) if result.stdout.strip() else {}
        except ValueError:
            answer = {"text": result.stdout}
        if expect is None:
            return result.returncode, answer
        if result.returncode != expect:
            shown = re.sub(r"\s+", " ", result.stderr.strip())
            raise Failure(f"ecgctl {' '.join(arguments)}: exit {result.returncode}, expected {expect}: {shown}")
        return answer

    def admin(self, *arguments, **options):
        """As the administrator of this machine, over the center's Unix socket."""
        return self.ctl("--server", str(self.socket), *arguments, **options)

    def person(self, user, *arguments, **options):
        """As somebody signed in over HTTP; each person has a session of their own."""
        env = {"XDG_STATE_HOME": str(self.state / "sessions" / user)}
        return self.ctl("--server", self.url(), *arguments, env=env, **options)

    def sign_in(self, user):
        self.person(user, "sign-in", user, "--password-file", "-", input_text=self.passwords[user] + "\n")

    # --- the end --------------------------------------------------------------------------------------------------

    def stop(self):
        """Everything, gateways first. Answers the names of programs that did not end with 0."""
        bad = []
        for program in [*(c.program for c in self.clinics), self.center]:
            try:
                if program.process is not None and program.stop() != 0:
                    bad.append(program.name)
            except Failure:
                bad.append(program.name)
        return bad
