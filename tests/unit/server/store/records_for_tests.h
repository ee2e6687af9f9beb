// Records with every field set to something of its own, so that a field mixed up with another shows.
#pragma once

#include "server/store/records.h"

namespace ecg::store {

Timestamp at(std::int64_t seconds);
SiteRecord some_site(const std::string& id = "baishi");
GatewayRecord some_gateway(const std::string& id = "g1", const std::string& site = "baishi");
PersonRecord some_person(const std::string& id = "p1");
UploadRecord some_upload(const std::string& id = "u1", const std::string& study = "s1");
StudyRecord some_study(const std::string& id = "s1");
// Waits in the queue since received_at.
StudyRecord queued_study(const std::string& id, domain::Priority priority, Timestamp received_at);
ReportRecord some_report(const std::string& study = "s1", int version = 1);

}  // namespace ecg::store
