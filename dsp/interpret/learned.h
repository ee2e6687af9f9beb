// What the learned parts of the interpretation look at, and the terms in which they explain themselves.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dsp/interpret/findings.h"
#include "dsp/model/models.h"

namespace ecg::dsp {

// NaN where a lead or a value is missing.
StatementFeatures statement_features(const Measurements& measurements, std::span<const LeadFacts> leads,
                                     std::optional<double> age_years);

// Probabilities by the learned parts; open bounds where there is no table or not all twelve leads are there.
LearnedScores learned_scores(const StatementFeatures& features, const Models& models);

// The measurements a score rests on most: those whose absence would lower it most.
std::vector<Evidence> explain(std::string_view score, const StatementFeatures& features,
                              const Models& models);

// "V1 s_uv", "qrs_ms" ...
std::vector<std::string> statement_feature_names();

}  // namespace ecg::dsp
