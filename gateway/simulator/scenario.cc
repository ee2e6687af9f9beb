#include "gateway/simulator/scenario.h"

#include <array>

namespace ecg::simulator {
namespace {

constexpr std::array<Preset, 23> kPresets = {{
    {"normal", "sinus:72", "正常窦性心律", "normal sinus rhythm"},
    {"bradycardia", "sinus:45", "窦性心动过缓", "sinus bradycardia"},
    {"tachycardia", "sinus:125", "窦性心动过速", "sinus tachycardia"},
    {"extreme-bradycardia", "avb3:30", "严重心动过缓（三度房室传导阻滞）",
     "extreme bradycardia, third-degree AV block"},
    {"afib", "af:95", "心房颤动", "atrial fibrillation"},
    {"aflutter", "flutter:150", "心房扑动 2:1", "atrial flutter 2:1"},
    {"pvcs", "pvc:75", "室性早搏", "ventricular extrasystoles"},
    {"pacs", "pac:72", "房性早搏", "atrial extrasystoles"},
    {"vtach", "vt:180", "室性心动过速", "ventricular tachycardia"},
    {"vfib", "vf", "心室颤动", "ventricular fibrillation"},
    {"arrest", "asystole", "心脏停搏", "asystole"},
    {"sinus-pause", "pause:70", "窦性停搏", "sinus pause"},
    {"first-degree", "avb1:68", "一度房室传导阻滞", "first-degree AV block"},
    {"wenckebach", "avb2:60", "二度I型房室传导阻滞", "second-degree AV block, Wenckebach"},
    {"mobitz-2", "avb22:55", "二度II型房室传导阻滞", "second-degree AV block, Mobitz II"},
    {"two-to-one", "avb21:42", "2:1房室传导阻滞", "2:1 AV block"},
    {"paced", "sinus:65,pace=dual,shape=lbbb", "双腔起搏", "dual-chamber pacing"},
    {"complete-block", "avb3:40", "三度房室传导阻滞", "third-degree AV block"},
    {"left-bundle", "sinus:74,shape=lbbb", "完全性左束支传导阻滞", "left bundle branch block"},
    {"right-bundle", "sinus:74,shape=rbbb", "完全性右束支传导阻滞", "right bundle branch block"},
    {"inferior-stemi", "sinus:82,ste=inferior", "下壁ST段抬高", "inferior ST elevation"},
    {"anterior-stemi", "sinus:90,ste=anterior", "前壁ST段抬高", "anterior ST elevation"},
    {"noisy", "sinus:76,noise=60", "干扰严重的窦性心律", "sinus rhythm with heavy noise"},
}};

constexpr KnownRhythm kKnown[] = {
    {"sinus:72", "SR"},
    {"sinus:48", "SBRAD"},
    {"sinus:118", "STACH"},
    {"af:70", "AFIB"},
    {"af:110", "AFIB"},
    {"flutter:150", "AFL"},
    {"flutter:100", "AFL"},
    {"flutter:75", "AFL"},
    {"pvc:75", "PVC"},
    {"bigeminy:75", "BIGEM"},
    {"pac:72", "PAC"},
    {"vt:160", "VT"},
    {"vt:190", "VT"},
    {"vt:220", "VT"},
    {"vf", "VF"},
    {"asystole", "ASYS"},
    {"pause:70,pause=3.6", "PAUSE"},
    {"avb1:55", "1AVB"},
    {"avb1:68", "1AVB"},
    {"avb1:80", "1AVB"},
    {"avb2:50", "2AVB1"},
    {"avb2:60", "2AVB1"},
    {"avb2:70", "2AVB1"},
    {"avb22:48", "2AVB2"},
    {"avb22:56", "2AVB2"},
    {"avb22:66", "2AVB2"},
    {"avb21:36", "2AVB21"},
    {"avb21:42", "2AVB21"},
    {"avb21:48", "2AVB21"},
    {"avb3:30", "3AVB"},
    {"avb3:38", "3AVB"},
    {"avb3:46", "3AVB"},
    {"sinus:70,pace=a", "PACED_A"},
    {"af:70,pace=v,shape=lbbb", "PACED_V"},
    {"sinus:62,pace=v,shape=lbbb", "PACED_V"},
    {"sinus:70,pace=dual,shape=lbbb", "PACED_DUAL"},
};

}  // namespace

std::span<const KnownRhythm> known_rhythms() {
  return kKnown;
}

double effective_rate_bpm(const Scenario& scenario) {
  if (scenario.rate_bpm > 0) return scenario.rate_bpm;
  switch (scenario.rhythm) {
    case Rhythm::kAtrialFibrillation:
      return 95;
    case Rhythm::kAtrialFlutter:
      return 150;
    case Rhythm::kVentricularTachycardia:
      return 180;
    case Rhythm::kAvBlock3:
      return 38;
    case Rhythm::kTwoToOne:
      return 42;
    default:
      return 72;
  }
}

std::span<const Preset> presets() {
  return kPresets;
}

}  // namespace ecg::simulator
