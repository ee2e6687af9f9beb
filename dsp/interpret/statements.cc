#include "dsp/interpret/statements.h"

#include <algorithm>

namespace ecg::dsp {
namespace {

using enum StatementGroup;

constexpr StatementText kStatements[] = {
    {"NORMAL", kOverall, "正常心电图", "Normal ECG", "zcxdt"},
    {"BORDERLINE", kOverall, "大致正常心电图", "Borderline normal ECG", "dzzcxdt"},
    {"ABNORMAL", kOverall, "异常心电图", "Abnormal ECG", "ycxdt"},
    {"UNREADABLE", kOverall, "信号质量差，无法判读", "Unreadable: signal quality too poor", "xhzlc"},

    {"SR", kRhythm, "窦性心律", "Sinus rhythm", "dxxl"},
    {"SBRAD", kRhythm, "窦性心动过缓", "Sinus bradycardia", "dxxdgh"},
    {"STACH", kRhythm, "窦性心动过速", "Sinus tachycardia", "dxxdgs"},
    {"SARRH", kRhythm, "窦性心律不齐", "Sinus arrhythmia", "dxxlbq"},
    {"SARREST", kRhythm, "窦性停搏", "Sinus arrest", "dxtb"},
    {"SAB", kRhythm, "窦房传导阻滞", "Sinoatrial block", "dfcdzz"},
    {"WAP", kRhythm, "心房内游走心律", "Wandering atrial pacemaker", "xfnyzxl"},
    {"EAR", kRhythm, "房性心律", "Ectopic atrial rhythm", "fxxl"},
    {"AT", kRhythm, "房性心动过速", "Atrial tachycardia", "fxxdgs"},
    {"MAT", kRhythm, "多源性房性心动过速", "Multifocal atrial tachycardia", "dyxfxxdgs"},
    {"AFIB", kRhythm, "心房颤动", "Atrial fibrillation", "xfcd"},
    {"AFIB_RVR", kRhythm, "心房颤动伴快速心室率", "Atrial fibrillation with rapid ventricular response",
     "xfcdbksxsl"},
    {"AFIB_SVR", kRhythm, "心房颤动伴缓慢心室率", "Atrial fibrillation with slow ventricular response",
     "xfcdbhmxsl"},
    {"AFL", kRhythm, "心房扑动", "Atrial flutter", "xfpd"},
    {"SVT", kRhythm, "室上性心动过速", "Supraventricular tachycardia", "ssxxdgs"},
    {"AVNRT", kRhythm, "房室结折返性心动过速", "AV nodal re-entrant tachycardia", "fsjzfxxdgs"},
    {"JR", kRhythm, "交界性心律", "Junctional rhythm", "jjxxl"},
    {"JESC", kRhythm, "交界性逸搏", "Junctional escape beat", "jjxyb"},
    {"JT", kRhythm, "交界性心动过速", "Junctional tachycardia", "jjxxdgs"},
    {"VESC", kRhythm, "室性逸搏", "Ventricular escape beat", "sxyb"},
    {"IVR", kRhythm, "室性自主心律", "Idioventricular rhythm", "sxzzxl"},
    {"AIVR", kRhythm, "加速性室性自主心律", "Accelerated idioventricular rhythm", "jsxsxzzxl"},
    {"VT", kRhythm, "室性心动过速", "Ventricular tachycardia", "sxxdgs"},
    {"NSVT", kRhythm, "非持续性室性心动过速", "Non-sustained ventricular tachycardia", "fcxxsxxdgs"},
    {"PVT", kRhythm, "多形性室性心动过速", "Polymorphic ventricular tachycardia", "dxxsxxdgs"},
    {"TDP", kRhythm, "尖端扭转型室性心动过速", "Torsades de pointes", "jdnzxsxxdgs"},
    {"WCT", kRhythm, "宽QRS波心动过速", "Wide-QRS tachycardia", "kqrsbxdgs"},
    {"VFL", kRhythm, "心室扑动", "Ventricular flutter", "xspd"},
    {"VF", kRhythm, "心室颤动", "Ventricular fibrillation", "xscd"},
    {"ASYS", kRhythm, "心脏停搏", "Asystole", "xztb"},
    {"PAUSE", kRhythm, "长RR间歇", "Long RR interval (pause)", "crrjx"},
    {"EXTREME_BRADY", kRhythm, "严重心动过缓", "Extreme bradycardia", "yzxdgh"},
    {"EXTREME_TACHY", kRhythm, "极快心室率", "Extreme ventricular rate", "jkxsl"},
    {"RHYTHM_UNKNOWN", kRhythm, "心律不能确定", "Rhythm not determined", "xlbnqd"},

    {"PAC", kEctopy, "房性早搏", "Premature atrial complex", "fxzb"},
    {"PAC_FREQ", kEctopy, "频发房性早搏", "Frequent premature atrial complexes", "pffxzb"},
    {"PJC", kEctopy, "交界性早搏", "Premature junctional complex", "jjxzb"},
    {"PVC", kEctopy, "室性早搏", "Premature ventricular complex", "sxzb"},
    {"PVC_FREQ", kEctopy, "频发室性早搏", "Frequent premature ventricular complexes", "pfsxzb"},
    {"PVC_MULTI", kEctopy, "多源性室性早搏", "Multiform premature ventricular complexes", "dyxsxzb"},
    {"COUPLET", kEctopy, "成对室性早搏", "Ventricular couplet", "cdsxzb"},
    {"BIGEM", kEctopy, "室性早搏二联律", "Ventricular bigeminy", "sxzbell"},
    {"TRIGEM", kEctopy, "室性早搏三联律", "Ventricular trigeminy", "sxzbsll"},
    {"RONT", kEctopy, "RonT型室性早搏", "R-on-T premature ventricular complex", "rontxsxzb"},

    {"1AVB", kConduction, "一度房室传导阻滞", "First-degree AV block", "ydfscdzz"},
    {"2AVB1", kConduction, "二度I型房室传导阻滞", "Second-degree AV block, Mobitz I", "edyxfscdzz"},
    {"2AVB2", kConduction, "二度II型房室传导阻滞", "Second-degree AV block, Mobitz II", "edexfscdzz"},
    {"2AVB21", kConduction, "2:1房室传导阻滞", "2:1 AV block", "fscdzz"},
    {"AVB_HIGH", kConduction, "高度房室传导阻滞", "High-grade AV block", "gdfscdzz"},
    {"3AVB", kConduction, "三度房室传导阻滞", "Third-degree AV block", "sdfscdzz"},
    {"SHORT_PR", kConduction, "短PR间期", "Short PR interval", "dprjq"},
    {"WPW", kConduction, "心室预激", "Ventricular pre-excitation (WPW pattern)", "xsyj"},
    {"CLBBB", kConduction, "完全性左束支传导阻滞", "Complete left bundle branch block", "wqxzszcdzz"},
    {"ILBBB", kConduction, "不完全性左束支传导阻滞", "Incomplete left bundle branch block", "bwqxzszcdzz"},
    {"CRBBB", kConduction, "完全性右束支传导阻滞", "Complete right bundle branch block", "wqxyszcdzz"},
    {"IRBBB", kConduction, "不完全性右束支传导阻滞", "Incomplete right bundle branch block", "bwqxyszcdzz"},
    {"LAFB", kConduction, "左前分支传导阻滞", "Left anterior fascicular block", "zqfzcdzz"},
    {"LPFB", kConduction, "左后分支传导阻滞", "Left posterior fascicular block", "zhfzcdzz"},
    {"BIFASC", kConduction, "双分支传导阻滞", "Bifascicular block", "sfzcdzz"},
    {"IVCD", kConduction, "室内传导阻滞", "Intraventricular conduction delay", "sncdzz"},

    {"LAD", kAxis, "电轴左偏", "Left axis deviation", "dzzp"},
    {"RAD", kAxis, "电轴右偏", "Right axis deviation", "dzyp"},
    {"EXTREME_AXIS", kAxis, "电轴极度右偏（无人区电轴）", "Extreme axis deviation", "dzjdyp"},
    {"CLOCKWISE", kAxis, "顺钟向转位", "Clockwise rotation", "szxzw"},
    {"COUNTERCLOCKWISE", kAxis, "逆钟向转位", "Counter-clockwise rotation", "nzxzw"},
    {"LOWV", kAxis, "肢体导联低电压", "Low voltage in limb leads", "ztdlddy"},
    {"POOR_R", kAxis, "胸前导联R波递增不良", "Poor R-wave progression", "xqdlrbdzbl"},

    {"LVH", kHypertrophy, "左心室肥厚", "Left ventricular hypertrophy", "zxsfh"},
    {"LVHV", kHypertrophy, "左心室高电压", "Left ventricular high voltage", "zxsgdy"},
    {"RVH", kHypertrophy, "右心室肥厚", "Right ventricular hypertrophy", "yxsfh"},
    {"BVH", kHypertrophy, "双心室肥厚", "Biventricular hypertrophy", "sxsfh"},
    {"LAE", kHypertrophy, "左心房增大", "Left atrial enlargement", "zxfzd"},
    {"RAE", kHypertrophy, "右心房增大", "Right atrial enlargement", "yxfzd"},

    {"STEMI", kIschaemia, "急性ST段抬高型心肌梗死，疑似", "ST-elevation myocardial infarction, suspected",
     "jxstdtgxxjgs"},
    {"STEMI_INF", kIschaemia, "急性下壁ST段抬高型心肌梗死，疑似", "Inferior STEMI, suspected", "jxxbxjgs"},
    {"STEMI_ANT", kIschaemia, "急性前壁ST段抬高型心肌梗死，疑似", "Anterior STEMI, suspected", "jxqbxjgs"},
    {"STEMI_LAT", kIschaemia, "急性侧壁ST段抬高型心肌梗死，疑似", "Lateral STEMI, suspected", "jxcbxjgs"},
    {"STEMI_POST", kIschaemia, "急性后壁心肌梗死，疑似", "Posterior STEMI, suspected", "jxhbxjgs"},
    {"DE_WINTER", kIschaemia, "de Winter综合征图形", "de Winter pattern", "dwzhz"},
    {"WELLENS", kIschaemia, "Wellens综合征图形", "Wellens pattern", "wzhz"},
    {"STEMI_RV", kIschaemia, "急性下壁合并右室心肌梗死，疑似",
     "Inferior and right ventricular STEMI, suspected", "jxxbhbysxjgs"},
    {"HYPERACUTE_T", kIschaemia, "超急性期T波，疑似", "Hyperacute T waves, suspected", "cjxqtb"},
    {"SGARBOSSA", kIschaemia, "左束支阻滞合并急性心肌梗死，疑似", "Acute MI with LBBB, suspected (Sgarbossa)",
     "zszzzhbjxxjgs"},
    {"STE", kIschaemia, "ST段抬高", "ST elevation", "stdtg"},
    {"STD", kIschaemia, "ST段压低", "ST depression", "stdyd"},
    {"ISCHEMIA", kIschaemia, "心肌缺血改变", "Changes suggesting ischaemia", "xjqxgb"},
    {"MI_OLD", kIschaemia, "陈旧性心肌梗死", "Old myocardial infarction", "cjxxjgs"},
    {"MI_INF_OLD", kIschaemia, "陈旧性下壁心肌梗死", "Old inferior myocardial infarction", "cjxxbxjgs"},
    {"MI_ANT_OLD", kIschaemia, "陈旧性前壁心肌梗死", "Old anterior myocardial infarction", "cjxqbxjgs"},
    {"MI", kIschaemia, "心肌梗死，疑似，部位不定", "Myocardial infarction suspected, site undetermined",
     "xjgs"},
    {"IMI", kIschaemia, "下壁心肌梗死，时间不定", "Inferior myocardial infarction, age undetermined",
     "xbxjgs"},
    {"AMI", kIschaemia, "前壁心肌梗死，时间不定", "Anterior myocardial infarction, age undetermined",
     "qbxjgs"},
    {"ASMI", kIschaemia, "前间壁心肌梗死，时间不定", "Anteroseptal myocardial infarction, age undetermined",
     "qjbxjgs"},
    {"ALMI", kIschaemia, "侧壁心肌梗死，时间不定", "Lateral myocardial infarction, age undetermined",
     "cbxjgs"},
    {"PMI", kIschaemia, "后壁心肌梗死，时间不定", "Posterior myocardial infarction, age undetermined",
     "hbxjgs"},
    {"QABN", kIschaemia, "异常Q波", "Abnormal Q waves", "ycqb"},

    {"TINV", kRepolarisation, "T波倒置", "T-wave inversion", "tbdz"},
    {"TFLAT", kRepolarisation, "T波低平", "Flat T waves", "tbdp"},
    {"TTALL", kRepolarisation, "T波高尖", "Tall peaked T waves", "tbgj"},
    {"ST_T", kRepolarisation, "非特异性ST-T改变", "Non-specific ST-T changes", "ftyxsttgb"},
    {"TALT", kRepolarisation, "T波电交替", "T-wave alternans", "tbdjt"},
    {"UWAVE", kRepolarisation, "U波明显", "Prominent U waves", "ubmx"},
    {"LQT", kRepolarisation, "QT间期延长", "Prolonged QT interval", "qtjqyc"},
    {"SQT", kRepolarisation, "QT间期缩短", "Short QT interval", "qtjqsd"},
    {"LQTS", kRepolarisation, "长QT综合征图形", "Long QT syndrome pattern", "cqtzhz"},
    {"SQTS", kRepolarisation, "短QT综合征图形", "Short QT syndrome pattern", "dqtzhz"},
    {"EREP", kRepolarisation, "早期复极", "Early repolarisation", "zqfj"},
    {"BRUG", kRepolarisation, "Brugada波", "Brugada pattern", "bb"},
    {"HYPERK", kRepolarisation, "高钾血症图形，疑似", "Hyperkalaemia pattern, suspected", "gjxz"},
    {"HYPOK", kRepolarisation, "低钾血症图形，疑似", "Hypokalaemia pattern, suspected", "djxz"},
    {"DIGITALIS", kRepolarisation, "洋地黄作用", "Digitalis effect", "ydhzy"},
    {"PERICARDITIS", kRepolarisation, "急性心包炎图形，疑似", "Acute pericarditis pattern, suspected",
     "jxxby"},
    {"PE", kRepolarisation, "急性肺栓塞图形，疑似", "Acute pulmonary embolism pattern, suspected", "jxfss"},

    {"PACE", kPacing, "起搏信号", "Pacemaker stimuli", "qbxh"},
    {"PACED", kPacing, "起搏心律", "Paced rhythm", "qbxl"},
    {"PACED_A", kPacing, "心房起搏", "Atrial pacing", "xfqb"},
    {"PACED_V", kPacing, "心室起搏", "Ventricular pacing", "xsqb"},
    {"PACED_DUAL", kPacing, "双腔起搏", "Dual-chamber pacing", "sqqb"},
    {"PACE_SENSE", kPacing, "起搏器感知功能不良", "Pacemaker sensing failure", "qbqgzgnbl"},
    {"PACE_CAPTURE", kPacing, "起搏器夺获不良", "Pacemaker capture failure", "qbqdhbl"},

    {"LEAD_SWAP_ARMS", kTechnical, "左右手电极反接，疑似", "Arm electrodes exchanged, suspected", "zysdjfj"},
    {"LEAD_SWAP", kTechnical, "导联错接，疑似", "Lead reversal, suspected", "dlcj"},
    {"LEAD_OFF", kTechnical, "导联脱落", "Lead off", "dltl"},
    {"SENSITIVITY_DOUBT", kTechnical, "各导联标称灵敏度相互矛盾，幅度按统一灵敏度估算",
     "Declared sensitivities contradict each other; amplitudes estimated with one for all leads", "lmdcy"},
    {"ARTEFACT", kTechnical, "干扰", "Artefact", "gr"},
    {"DEXTRO", kTechnical, "右位心", "Dextrocardia", "ywx"},
    {"REPEAT", kTechnical, "建议复查心电图", "Repeat the ECG", "jyfcxdt"},
    {"FOLLOW_UP", kTechnical, "请结合临床", "Correlate clinically", "qjhlc"},
};

constexpr Phrase kPhrases[] = {
    {"no_beats", "未检出心搏", "no heartbeats found"},
    {"unreadable", "信号质量差，无法测量", "signal quality too poor"},
    {"no_p_wave", "未检出P波", "no P wave found"},
    {"no_t_wave", "未检出T波", "no T wave found"},
    {"no_signal", "没有信号", "no signal"},
    {"sensitivity_unknown", "灵敏度未知", "sensitivity unknown"},
    {"sampling_outside_range", "采样率超出可分析范围",
     "sampling frequency outside the range of the analysis"},
    {"lead_missing", "缺少所需导联", "a needed lead is missing"},
    {"lead_poor", "该导联信号差", "this lead's signal is too poor"},
    {"too_small", "波幅太小", "amplitude too small"},
    {"rhythm_disorganised", "心律紊乱，无法测量", "rhythm too disorganised"},

    {"duration_unproven", "短程记录不能证明持续30秒或血流动力学障碍",
     "a short strip cannot prove 30 s duration or haemodynamic compromise"},
    {"symptoms_unknown", "是否伴症状未知：无症状时以5.0秒为界",
     "symptoms unknown: without symptoms the limit is 5.0 s"},
    {"strip_only", "仅反映本次记录时段内的停搏", "only pauses inside this strip are seen"},
    {"check_electrodes", "请先确认电极接触良好", "check the electrodes and the patient first"},
    {"confirm_by_reader", "需医师确认，排除干扰", "to be confirmed by a reader; artefact can look alike"},
    {"preexcitation_unproven", "宽QRS心房颤动：预激、束支阻滞或差异传导未能区分",
     "wide-QRS atrial fibrillation: pre-excitation, bundle branch block and aberration look alike"},
    {"laboratory_needed", "仅为图形提示，需电解质化验结果", "a pattern only; laboratory values decide"},
    {"cause_unproven", "心电图不能证明病因", "an ECG cannot prove the cause"},
    {"prior_ecg_needed", "未与既往心电图比较", "not compared with an earlier ECG"},
    {"mechanism_unknown", "未确定心动过速机制", "mechanism of the tachycardia not determined"},

    {"LEAD_OFF", "导联脱落", "lead off"},
    {"LEAD_REVERSAL", "导联错接", "lead reversal"},
    {"BASELINE_WANDER", "基线漂移", "baseline wander"},
    {"MUSCLE", "肌电干扰", "muscle noise"},
    {"MAINS", "工频干扰", "mains interference"},
    {"SATURATION", "信号饱和", "saturation"},
    {"FLAT", "平线", "flat line"},
    {"TOO_SHORT", "记录过短", "too short"},
    {"LOW_SAMPLING", "采样率低", "low sampling frequency"},
};

}  // namespace

std::span<const StatementText> statement_texts() {
  return kStatements;
}

const StatementText* statement_text(std::string_view code) {
  const auto* found = std::ranges::find(kStatements, code, &StatementText::code);
  return found == std::end(kStatements) ? nullptr : found;
}

std::span<const Phrase> phrases() {
  return kPhrases;
}

const Phrase* phrase(std::string_view code) {
  const auto* found = std::ranges::find(kPhrases, code, &Phrase::code);
  return found == std::end(kPhrases) ? nullptr : found;
}

}  // namespace ecg::dsp
