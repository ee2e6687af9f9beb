#include <cstdio>
#include <string_view>

#include "common/formats/scp_sections.h"
#include "common/formats/text.h"

namespace ecg::formats::scp {
namespace {

// EN 1064 section 1 tags.
enum Tag : std::uint8_t {
  kLastName = 0,
  kFirstName = 1,
  kPatientId = 2,
  kSecondLastName = 3,
  kAge = 4,
  kBirthDate = 5,
  kSex = 8,
  kAcquiringDevice = 14,
  kAcquisitionDate = 25,
  kAcquisitionTime = 26,
  kTimeZone = 34,
  kEnd = 255,
};

struct Fields {
  std::string last, first, second;
  std::string date;  // "YYYY-MM-DD"
  int seconds = -1;  // of the day
  std::optional<int> zone_minutes;
};

std::string date_of(Bytes value) {
  ByteReader in(value);
  const int year = in.u16(), month = in.u8(), day = in.u8();
  return in.ok() ? iso_date(year, month, day) : std::string();
}

std::optional<double> age_of(Bytes value) {
  ByteReader in(value);
  const double age = in.u16();
  const std::uint8_t unit = in.u8();
  constexpr double kPerYear[] = {0, 1, 12, 52.1775, 365.2425, 8765.82};  // years, months, weeks, days, hours
  if (!in.ok() || unit == 0 || unit >= std::size(kPerYear) || age / kPerYear[unit] > 150) return std::nullopt;
  return age / kPerYear[unit];
}

int seconds_of(Bytes value) {
  ByteReader in(value);
  const int hour = in.u8(), minute = in.u8(), second = in.u8();
  return in.ok() && hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : -1;
}

std::optional<int> zone_of(Bytes value) {
  ByteReader in(value);
  const int minutes = in.i16();  // east of UTC; 0x7fff = not known
  return in.ok() && minutes >= -780 && minutes <= 840 ? std::optional<int>(minutes) : std::nullopt;
}

// Model in bytes 8 to 13; from byte 36 on strings that end in NUL: program revision, serial number, system
// software, SCP software, manufacturer.
DeviceFields device_of(Bytes value) {
  DeviceFields out;
  if (value.size() < 14) return out;
  const Bytes model = value.subspan(8, 6);
  std::size_t length = 0;
  while (length < model.size() && model[length] != 0) ++length;
  out.model = clean_text(model.first(length));
  std::vector<std::string> strings;
  for (std::size_t at = 36; at < value.size() && strings.size() < 5;) {
    std::size_t end = at;
    while (end < value.size() && value[end] != 0) ++end;
    strings.push_back(clean_text(value.subspan(at, end - at)));
    at = end + 1;
  }
  if (strings.size() > 1) out.serial = strings[1];
  if (strings.size() > 4) out.manufacturer = strings[4];
  return out;
}

// Text ends at its first NUL.
std::string text_of(Bytes value) {
  std::size_t length = 0;
  while (length < value.size() && value[length] != 0) ++length;
  return clean_text(value.first(length));
}

void take(std::uint8_t tag, Bytes value, Fields& fields, ImportedRecording& out) {
  switch (tag) {
    case kLastName:
      fields.last = text_of(value);
      break;
    case kFirstName:
      fields.first = text_of(value);
      break;
    case kSecondLastName:
      fields.second = text_of(value);
      break;
    case kPatientId:
      out.patient.id = text_of(value);
      break;
    case kAge:
      out.patient.age_years = age_of(value);
      break;
    case kBirthDate:
      out.patient.birth_date = date_of(value);
      break;
    case kSex:
      if (!value.empty() && value[0] == 1) out.patient.sex = dsp::Sex::kMale;
      if (!value.empty() && value[0] == 2) out.patient.sex = dsp::Sex::kFemale;
      break;
    case kAcquiringDevice:
      out.device = device_of(value);
      break;
    case kAcquisitionDate:
      fields.date = date_of(value);
      break;
    case kAcquisitionTime:
      fields.seconds = seconds_of(value);
      break;
    case kTimeZone:
      fields.zone_minutes = zone_of(value);
      break;
    default:
      break;
  }
}

}  // namespace

void read_header_section(Bytes section, ImportedRecording& out) {
  Fields fields;
  ByteReader in(section);
  while (in.remaining() > 0) {
    const std::uint8_t tag = in.u8();
    if (tag == kEnd) break;
    const Bytes value = in.take(in.u16());
    if (!in.ok()) {
      out.oddities.push_back({"field_ignored", "section 1"});
      break;
    }
    take(tag, value, fields, out);
  }
  for (const auto& part : {fields.last, fields.second, fields.first})
    if (!part.empty()) out.patient.name += (out.patient.name.empty() ? "" : " ") + part;
  if (fields.date.empty() || fields.seconds < 0) return;
  char time[32];
  std::snprintf(time, sizeof time, "T%02d:%02d:%02d", fields.seconds / 3600, fields.seconds / 60 % 60,
                fields.seconds % 60);
  out.acquired_local = fields.date + time;
  const auto local = parse_iso8601(out.acquired_local + "Z");
  if (local && fields.zone_minutes) out.acquired_at = *local - std::chrono::minutes(*fields.zone_minutes);
}

}  // namespace ecg::formats::scp
