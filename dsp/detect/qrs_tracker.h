// Finds the beats of one to many leads while samples arrive. Every hump of the slope sum is a candidate; a
// first small forest of trees judges it by what came before (provisional), a second one also by what follows
// within about a second (final). The batch and the streaming form both are this class, so they give the same
// beats.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "dsp/detect/qrs_features.h"
#include "dsp/detect/qrs_signal.h"
#include "dsp/detect/qrs_templates.h"
#include "dsp/model/trees.h"

namespace ecg::dsp {

struct QrsModels {
  Forest early;     // over kQrsEarlyFeatures
  Forest late;      // over kQrsEarlyFeatures + kQrsLateFeatures
  float limit = 0;  // log odds from which a candidate is a beat
};

struct QrsBeat {
  double at = 0;  // analysis sample, aligned on the beat's shape
  int shape = 0;
  bool provisional = false;
};

// What the trees were shown about one candidate, for training.
struct QrsExample {
  SampleIndex at = 0;
  bool taken = false;
  std::array<float, kQrsEarlyFeatures + kQrsLateFeatures> features{};
};

class QrsTracker {
 public:
  // least_sums: per lead, the slope sum below which nothing is a beat, in the units of the samples.
  QrsTracker(std::vector<float> least_sums, const QrsModels& models);

  // The next kQrsBlock analysis samples of every lead, lead after lead. off: bit i set = lead i carries no
  // signal in them. Appends what has become known; final beats are ascending.
  void push(std::span<const float> block, std::uint64_t off, std::vector<QrsBeat>& out);
  // No more samples will come: judges what is still open.
  void finish(std::vector<QrsBeat>& out);
  // Starts with the levels, shapes and intervals another tracker of the same leads has come to.
  void learn_from(const QrsTracker& other);

  const QrsSignal& signal() const { return signal_; }
  // Per lead, one over its size, where it is heard; else 0.
  std::span<const float> shape_weights() const { return shape_weights_; }
  void record(std::vector<QrsExample>* examples) { examples_ = examples; }

 private:
  struct Candidate {
    SampleIndex at = 0;
    float height = 0;
    float score = 0;            // of the early trees, log odds
    QrsMatch match, veto;       // the nearest shape of beats, and of what was refused
    float slow = 0, range = 0;  // of the signal, as multiples of an ordinary beat's slope sum
    bool foretold = false;      // a provisional beat was reported
    std::array<float, kQrsEarlyFeatures> features{};
  };
  struct LastBeat {
    SampleIndex at = 0;
    float height = 0, score = 0;
    int shape = -1;
    SampleIndex before = -1;  // the beat before it
  };

  void begin();
  void update_weights();
  void fuse(SampleIndex from, SampleIndex to);
  void scan(SampleIndex at, std::vector<QrsBeat>& out);
  void candidate(SampleIndex at, float height, std::vector<QrsBeat>& out);
  void early_features(Candidate& c);
  void judge_due(std::vector<QrsBeat>& out);
  bool is_beat(const Candidate& c);
  void accept(const Candidate& c, std::vector<QrsBeat>& out);
  float mean_height(SampleIndex from, SampleIndex to) const;
  float fused(SampleIndex at) const { return fused_[static_cast<std::size_t>(at - fused_base_)]; }
  Candidate& open(std::size_t i) { return open_[(first_open_ + i) % open_.size()]; }

  static constexpr std::size_t kMostOpen = 64;

  QrsModels models_;
  QrsSignal signal_;
  QrsTemplates templates_, refusals_;
  std::vector<float> least_sums_, sizes_, unrest_, weights_, shape_weights_;
  std::uint64_t off_ = 0;
  bool begun_ = false, primed_ = false;

  std::vector<float> fused_;
  SampleIndex fused_base_ = 0, fused_end_ = 0;

  bool rising_ = false;
  SampleIndex top_at_ = 0;
  float top_ = 0, valley_ = 0;
  float valley_before_top_ = 0;

  std::vector<Candidate> open_;
  std::size_t first_open_ = 0, open_count_ = 0;

  std::optional<LastBeat> last_, foretold_;
  std::optional<LastBeat> refused_;  // best candidate refused since the last beat
  float interval_ = 0, irregularity_ = 0.1F, refused_height_ = 0.15F;
  float slow_ = 0, range_ = 0;  // of the beats so far
  SampleIndex lapsed_ = 0, scanned_ = 0;
  std::vector<QrsExample>* examples_ = nullptr;
};

}  // namespace ecg::dsp
