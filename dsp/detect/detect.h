// QRS detection over a finished recording: the tracker of the stream, started with what it learns from the
// first ten seconds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsp/detect/qrs_tracker.h"
#include "dsp/filter/channel.h"
#include "dsp/model/models.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// One lead as recorded, of any baseline. missing: empty, or 1 for every frame without signal.
struct QrsLead {
  std::span<const float> samples;
  std::span<const std::uint8_t> missing;
  bool calibrated = true;  // samples are microvolts
};

// kLearned: levels and shapes known from the first ten seconds before the first beat is judged. kAsStreamed:
// as StreamAnalyzer hears them, giving exactly its final beats.
enum class QrsStart : std::uint8_t { kLearned, kAsStreamed };

// R peaks of leads of one length, ascending. At most 32 leads are heard. examples: what the trees were shown.
std::vector<SampleIndex> qrs_peaks(std::span<const QrsLead> leads, Hertz sampling_frequency,
                                   const QrsModels& models, QrsStart start = QrsStart::kLearned,
                                   std::vector<QrsExample>* examples = nullptr);

// The same for one lead with the built-in models: the whole QRS path.
std::vector<SampleIndex> qrs_peaks(std::span<const float> microvolts, Hertz sampling_frequency);

// R peaks of a recording, from the raw samples of every lead that does not follow from others. Quality weighs
// in moment by moment, lead by lead; a lead that is poor as a whole may still be heard.
std::vector<SampleIndex> detect_qrs(std::span<const Channel> channels, Hertz sampling_frequency,
                                    const Models& models);

// The detector's part of the models.
QrsModels qrs_models(const Models& models);

// Slope sums below this are no beat: about 50 microvolts from peak to peak, or 4 LSB where these are unknown.
float least_qrs_sum(bool calibrated);

}  // namespace ecg::dsp
