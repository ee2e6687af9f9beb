"""deploy/demo: a center and three clinics on this machine, to be used in a browser."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from network import Failure, Network

SITES = (("baishi", "白石镇卫生院", "sinus:72"),
         ("qingyun", "青云镇卫生院", "af:118"),
         ("liuhe", "柳河镇卫生院", "sinus:88,ste=inferior"))
CLINIC_PORTS = (8480, 8481, 8482)


def devices(recordings):
    """A device for each clinic: the simulator, or real WFDB records played at real speed."""
    if recordings is None:
        return [f"simulator:{scenario}" for _, _, scenario in SITES]
    headers = sorted(Path(recordings).rglob("*.hea"))
    if not headers:
        raise Failure(f"no WFDB header (*.hea) below {recordings}")
    return [f"wfdb:{headers[i % len(headers)].resolve()}" for i in range(len(SITES))]


def start(network, recordings):
    network.start_center()
    network.add_person("reader", "李华", "reader")
    network.add_person("reader2", "王敏", "reader")
    network.add_person("admin", "管理员", "admin")
    for (site, name, _), device, port in zip(SITES, devices(recordings), CLINIC_PORTS):
        network.add_clinic(site, name, device, port)
        network.add_person(f"nurse-{site}", f"{name}护士", "clinic", site=site)
    for clinic in network.clinics:
        clinic.start()


def show(network):
    print(f"\n  reader         {network.url()}/reader.html    reader / {network.passwords['reader']}")
    print(f"  second reader  {network.url()}/reader.html    reader2 / {network.passwords['reader2']}")
    print(f"  administrator  {network.url()}/admin.html     admin / {network.passwords['admin']}")
    for clinic in network.clinics:
        user = f"nurse-{clinic.id}"
        print(f"  {clinic.name}   {clinic.url()}/clinic.html    {user} / {network.passwords[user]}")
    print(f"\n  ecgctl --server {network.socket} worklist")
    print(f"  state and logs: {network.state}\n\nCtrl-C stops everything. What happens at the center:\n", flush=True)


def follow(network):
    """One line per event until Ctrl-C; a program that ends by itself is an error."""
    tail = subprocess.Popen([network.tool("ecgctl"), "--server", str(network.socket), "events", "tail"],
                            start_new_session=True)
    try:
        while True:
            time.sleep(1)
            for program in [network.center, *(c.program for c in network.clinics)]:
                if not program.running():
                    raise Failure(f"{program.name} ended by itself:\n{program.tail()}")
    finally:
        tail.terminate()
        tail.wait()


def main(state, binaries, web, recordings):
    network = Network(state, binaries, web, fixed_ports=True)

    def interrupted(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupted)
    code = 0
    try:
        start(network, recordings)
        show(network)
        follow(network)
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        code = 1
    bad = network.stop()
    if bad:
        print(f"error: did not stop cleanly: {', '.join(bad)}", file=sys.stderr)
        return 1
    print("Stopped. The data is kept; deploy/demo starts again with it, --fresh begins anew.")
    return code
