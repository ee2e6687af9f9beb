#include "tests/accuracy/topics.h"

#include "tests/accuracy/score/beats.h"
#include "tests/accuracy/score/delineation.h"
#include "tests/accuracy/score/rhythm.h"
#include "tests/accuracy/score/statements.h"
#include "tests/accuracy/score/swap.h"
#include "tests/accuracy/score/synthetic.h"

namespace ecg::accuracy {
namespace {

constexpr Topic kTopics[] = {
    {"qrs", "QRS detection, first lead", "mitdb", score_qrs},
    {"noise", "QRS detection under electrode-motion noise, both leads", "nstdb", score_noise},
    {"classes", "ventricular and supraventricular beats, both leads", "mitdb", score_classes},
    {"delineation", "P, QRS, T boundaries in twelve leads and global intervals", "ludb", score_delineation},
    {"shockable", "ventricular fibrillation, flutter and tachycardia", "vfdb cudb", score_shockable},
    {"af", "atrial fibrillation in short strips", "cinc2017", score_af},
    {"statements", "statements on 12-lead recordings", "ptbxl ludb cinc12", score_statements},
    {"synthetic", "simulated recordings of known truth", "", score_synthetic},
    {"swap", "exchanged electrodes, made by relabelling leads", "ptbxl ludb", score_swap},
};

}  // namespace

std::span<const Topic> topics() {
  return kTopics;
}

}  // namespace ecg::accuracy
