// Decides which peaks of the QRS feature are beats: adaptive levels of signal and noise, refractory time,
// T-wave veto, search-back (after Pan and Tompkins 1985, Hamilton and Tompkins 1986). Push-style.
#pragma once

#include <optional>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

struct QrsDecision {
  SampleIndex at = 0;  // peak of the feature, in samples pushed
  float strength = 0;  // the feature there
  bool searched_back = false;
};

class QrsDecider {
 public:
  // usual_peak: the feature's height at an ordinary QRS, to begin with; least_peak: below it nothing is a
  // beat.
  QrsDecider(Hertz sampling_frequency, float usual_peak, float least_peak);

  // Appends what has become certain with this sample; decisions are ascending except for searched-back ones,
  // which lie before the present but after every decision made earlier.
  void push(float feature, std::vector<QrsDecision>& out);

 private:
  struct Peak {
    SampleIndex at = 0;
    float height = 0;
  };
  void judge(const Peak& peak, std::vector<QrsDecision>& out);
  void accept(const Peak& peak, bool searched_back, std::vector<QrsDecision>& out);
  void search_back(std::vector<QrsDecision>& out);
  float threshold() const;

  SampleIndex dominance_, refractory_, t_zone_, lapse_;
  double hz_;
  float signal_, noise_, least_;
  SampleIndex now_ = 0;
  Peak rising_;
  bool has_rising_ = false;
  float valley_ = 0;
  std::optional<Peak> last_;
  std::optional<Peak> missed_;  // highest rejected peak since the last beat
  std::vector<float> intervals_;
  std::size_t interval_at_ = 0;
  SampleIndex lapsed_at_ = 0;
};

}  // namespace ecg::dsp
