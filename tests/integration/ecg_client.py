"""An upload client written apart from the product: from proto/ecg/v1 and docs/formats/waveform-block.md alone."""

import hashlib
import secrets
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc

ROOT = Path(__file__).resolve().parents[2]


def load_contract():
    """Python classes for the contract, made into a folder of this run."""
    out = tempfile.mkdtemp(prefix="ecg-contract-")
    protos = [str(p) for p in (ROOT / "proto" / "ecg" / "v1").glob("*.proto")]
    subprocess.run(["protoc", f"-I{ROOT / 'proto'}", f"--python_out={out}", f"--grpc_python_out={out}",
                    f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}", *protos], check=True)
    sys.path.insert(0, out)


load_contract()
from ecg.v1 import error_pb2, patient_pb2, recording_pb2, study_pb2, upload_pb2, upload_pb2_grpc  # noqa: E402

LEADS = (recording_pb2.LEAD_CODE_I, recording_pb2.LEAD_CODE_II, *range(recording_pb2.LEAD_CODE_V1, recording_pb2.LEAD_CODE_V6 + 1))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id():
    return "".join(secrets.choice(ALPHABET) for _ in range(26))


def crc32c_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0x82F63B78 if n & 1 else n >> 1
        table.append(n)
    return table


CRC_TABLE = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def wrap32(n):
    return (n + 2**31) % 2**32 - 2**31


def varints(values):
    out = bytearray()
    for x in values:
        z = ((x << 1) ^ (x >> 31)) & 0xFFFFFFFF
        while z > 127:
            out.append(z & 127 | 128)
            z >>= 7
        out.append(z)
    return bytes(out)


def stored_zstd_frame(content):
    """A Zstandard frame of uncompressed blocks, content size stated in four bytes."""
    out = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(content))
    for at in range(0, max(1, len(content)), 100_000):
        part = content[at:at + 100_000]
        last = at + 100_000 >= len(content)
        out += struct.pack("<I", (len(part) << 3) | int(last))[:3] + part
    return out


def make_block(frames, first):
    """frames: one tuple per sample frame."""
    content = b""
    for lead in zip(*frames):
        x1 = x2 = 0
        second = []
        for x in lead:
            second.append(wrap32(x - 2 * x1 + x2))
            x2, x1 = x1, x
        content += varints(second)
    block = recording_pb2.SampleBlock(first_frame=first, frame_count=len(frames),
                                      codec=recording_pb2.BLOCK_CODEC_DELTA2_ZSTD, payload=stored_zstd_frame(content))
    block.crc32c = crc32c(struct.pack("<QII", block.first_frame, block.frame_count, block.codec) + block.payload)
    return block


def digest_of(frames):
    return hashlib.sha256(b"".join(struct.pack(f"<{len(f)}i", *f) for f in frames)).digest()


def wave(count, leads=8):
    """A pulse of 75 a minute on a little noise: readable, and different in every lead."""
    def pulse(at, lead):
        qrs = max(0, 24 - abs(at - 100)) * (6 + lead)
        t = max(0, 60 - abs(at - 260)) // 3 * (1 + lead % 3)
        return qrs + t
    return [tuple(pulse(i % 400, lead) + (i * 7 + lead * 13) % 5 for lead in range(leads)) for i in range(count)]


def registration(**fields):
    study = study_pb2.StudyRegistration(
        study_id=new_id(), priority=study_pb2.PRIORITY_ROUTINE, attempt=1,
        patient=patient_pb2.Patient(id="P-1", name="independent", sex=patient_pb2.SEX_MALE, age_years=50,
                                    identity=patient_pb2.IDENTITY_STATE_MATCHED))
    study.acquired_at.GetCurrentTime()
    for name, value in fields.items():
        setattr(study, name, value)
    return study


def recording_format(hz=500, leads=LEADS):
    return recording_pb2.RecordingFormat(
        sampling_hz=hz, leads=[recording_pb2.LeadFormat(lead=l, uv_per_lsb=5) for l in leads], source_format="independent")


class Refused(Exception):
    def __init__(self, code, detail):
        super().__init__(f"{code} E{detail.code} {detail.message_en}")
        self.code, self.detail = code, detail


class Gateway:
    """A gateway's credentials, used over mutual TLS."""

    def __init__(self, address, ca, certificate, key):
        credentials = grpc.ssl_channel_credentials(Path(ca).read_bytes(), Path(key).read_bytes(),
                                                   Path(certificate).read_bytes())
        self.channel = grpc.secure_channel(address, credentials)
        self.stub = upload_pb2_grpc.UploadServiceStub(self.channel)

    def upload(self, *messages, timeout=10):
        """Sends the messages on one stream; all answers, or Refused with the named error."""
        answers = []
        try:
            for answer in self.stub.Upload(iter(messages), timeout=timeout):
                answers.append(answer)
        except grpc.RpcError as error:
            detail = error_pb2.ErrorDetail()
            for key, value in error.trailing_metadata() or ():
                if key == "grpc-status-details-bin":
                    detail = error_pb2.ErrorDetail.FromString(value)
            raise Refused(error.code().name, detail) from None
        return answers


def open_message(upload_id, study, form):
    return upload_pb2.UploadRequest(open=upload_pb2.OpenUpload(upload_id=upload_id, study=study, format=form))


def block_message(block):
    return upload_pb2.UploadRequest(block=block)


def close_message(frames, study, digest=None, disposition=upload_pb2.CLOSE_DISPOSITION_COMPLETE):
    return upload_pb2.UploadRequest(close=upload_pb2.CloseUpload(
        frames=len(frames), sha256=digest or digest_of(frames), disposition=disposition, study=study))
