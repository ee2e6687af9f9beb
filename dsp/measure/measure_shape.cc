#include "dsp/measure/measure_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kLeastWaveUv = 25, kLeastWaveMs = 6;
// A turn inside QRS that is smaller is noise.
constexpr float kLeastNotchUv = 40;

// The beat around its level, with bounds that are always inside it.
class Trace {
 public:
  Trace(const std::vector<float>& beat, const QrsBounds& qrs, Hertz fs) : beat_(beat), fs_(fs) {
    const int width = samples_of_ms(fs, 12);
    level_ = mean(qrs.onset - width, qrs.onset);
  }
  int size() const { return static_cast<int>(beat_.size()); }
  int clamp(int i) const { return std::clamp(i, 0, size() - 1); }
  double at(int i) const { return static_cast<double>(beat_[static_cast<std::size_t>(clamp(i))]) - level_; }
  double ms(int samples) const { return samples * 1000 / fs_.value; }
  int samples(double ms) const { return samples_of_ms(fs_, ms); }
  double seconds() const { return 1 / fs_.value; }
  double mean(int begin, int end) const {
    begin = clamp(begin);
    end = std::clamp(end, begin + 1, size());
    double sum = 0;
    for (int i = begin; i < end; ++i) sum += static_cast<double>(beat_[static_cast<std::size_t>(i)]);
    return sum / (end - begin) - level_;
  }
  double area(int begin, int end) const {
    if (end <= begin) return 0;
    return mean(begin, end) * (end - begin) / fs_.value;
  }

 private:
  const std::vector<float>& beat_;
  Hertz fs_;
  double level_ = 0;
};

// One stretch of QRS on one side of the level.
struct Part {
  int begin = 0, end = 0, peak = 0;
  double uv = 0;  // of the peak, signed
};

// Up to 8 parts; small ones are left out.
struct Parts {
  std::array<Part, 8> list{};
  std::size_t count = 0;
  std::span<const Part> view() const { return {list.data(), count}; }
};

Parts parts_of(const Trace& trace, const QrsBounds& qrs) {
  Parts parts;
  const auto close = [&](Part part, int end) {
    part.end = end;
    if (std::abs(part.uv) < kLeastWaveUv || trace.ms(end - part.begin) < kLeastWaveMs) return;
    // A dropped part between two of one sign joins them.
    if (parts.count > 0 && (parts.list[parts.count - 1].uv > 0) == (part.uv > 0)) {
      Part& last = parts.list[parts.count - 1];
      if (std::abs(part.uv) > std::abs(last.uv)) {
        last.uv = part.uv;
        last.peak = part.peak;
      }
      last.end = end;
    } else if (parts.count < parts.list.size()) {
      parts.list[parts.count++] = part;
    }
  };
  Part open{qrs.onset, 0, qrs.onset, trace.at(qrs.onset)};
  for (int i = qrs.onset + 1; i < qrs.offset; ++i) {
    const double uv = trace.at(i);
    if ((uv > 0) != (open.uv > 0) && uv != 0) {
      close(open, i);
      open = {i, 0, i, uv};
    } else if (std::abs(uv) > std::abs(open.uv)) {
      open.uv = uv;
      open.peak = i;
    }
  }
  close(open, qrs.offset);
  return parts;
}

void name_waves(const Trace& trace, const Parts& parts, const QrsBounds& qrs, LeadShape& out) {
  int positives = 0;
  for (const Part& part : parts.view()) {
    const double ms = trace.ms(part.end - part.begin);
    if (part.uv > 0) {
      ++positives;
      if (positives == 1) {
        out.r_uv = part.uv;
        out.r_ms = ms;
      } else if (part.uv > out.r2_uv) {
        out.r2_uv = part.uv;
        out.r2_ms = ms;
      }
      if (part.uv >= 0.5 * out.tallest_uv) out.intrinsicoid_ms = trace.ms(part.peak - qrs.onset);
      out.tallest_uv = std::max(out.tallest_uv, part.uv);
    } else {
      if (positives == 0) {
        out.q_uv = -part.uv;
        out.q_ms = ms;
      } else if (positives == 1) {
        out.s_uv = -part.uv;
        out.s_ms = ms;
      } else {
        out.s2_uv = std::max(out.s2_uv, -part.uv);
      }
      out.deepest_uv = std::max(out.deepest_uv, -part.uv);
    }
  }
  out.qs = positives == 0 && parts.count > 0 ? 1 : 0;
  out.peak_to_peak_uv = out.tallest_uv + out.deepest_uv;
}

// Turns of the signal of more than kLeastNotchUv, beyond those between the waves themselves.
void count_turns(const Trace& trace, const Parts& parts, const QrsBounds& qrs, LeadShape& out) {
  const int middle_begin = qrs.onset + trace.samples(35), middle_end = qrs.offset - trace.samples(20);
  const float least = std::max(kLeastNotchUv, 0.04F * static_cast<float>(out.peak_to_peak_uv));
  double extreme = trace.at(qrs.onset);
  int extreme_at = qrs.onset, direction = 0, turns = 0;
  for (int i = qrs.onset + 1; i <= qrs.offset; ++i) {
    const double uv = trace.at(i);
    if (direction >= 0 ? uv >= extreme : uv <= extreme) {
      extreme = uv;
      extreme_at = i;
      if (direction == 0) direction = uv > trace.at(qrs.onset) ? 1 : 0;
    } else if (std::abs(uv - extreme) > static_cast<double>(least)) {
      if (direction != 0) {
        ++turns;
        if (extreme_at >= middle_begin && extreme_at <= middle_end) ++out.notches;
      }
      direction = uv > extreme ? 1 : -1;
      extreme = uv;
      extreme_at = i;
    }
  }
  out.fragments = std::max(0, turns - static_cast<int>(parts.count));
  // A plateau: far from the level, hardly moving.
  const int flat = trace.samples(12);
  const double high = 0.35 * std::max(out.tallest_uv, out.deepest_uv);
  for (int i = middle_begin; i + flat <= middle_end; ++i) {
    if (std::abs(trace.at(i)) < high) continue;
    if (std::abs(trace.at(i + flat) - trace.at(i)) < 0.06 * out.peak_to_peak_uv &&
        std::abs(trace.at(i + flat / 2) - trace.at(i)) < 0.06 * out.peak_to_peak_uv) {
      out.notches += 1;
      i += 2 * flat;
    }
  }
  // The median peak itself is one turn.
  const int peak_like = static_cast<int>(parts.count);
  out.notches = std::max(0.0, out.notches - peak_like);
}

// How long QRS climbs at less than a third of its greatest speed in the direction of its main wave.
void find_delta(const Trace& trace, const QrsBounds& qrs, LeadShape& out) {
  const int step = trace.samples(8);
  double fastest = 0;
  for (int i = qrs.onset; i + step <= qrs.offset; ++i)
    fastest = std::max(fastest, std::abs(trace.at(i + step) - trace.at(i)));
  if (fastest <= 0) return;
  const double sign = out.tallest_uv >= out.deepest_uv ? 1 : -1;
  int i = qrs.onset;
  while (i + step < qrs.offset && std::abs(trace.at(i + step) - trace.at(i)) < 0.4 * fastest) ++i;
  const double height = sign * trace.at(i + step / 2);
  if (height > 60 && height > 0.08 * std::max(out.tallest_uv, out.deepest_uv))
    out.delta_ms = trace.ms(i + step / 2 - qrs.onset);
}

// A notch or slur on the way down from the last tall wave (Macfarlane 2015): the highest point after a turn
// or a plateau in the last part of QRS.
void find_j_wave(const Trace& trace, const Parts& parts, const QrsBounds& qrs, LeadShape& out) {
  if (parts.count == 0) return;
  const Part& last = parts.list[parts.count - 1];
  if (last.uv <= 0 || last.uv < 0.5 * out.tallest_uv) return;
  const int step = trace.samples(8), end = qrs.offset + trace.samples(16);
  double fastest = 0;
  for (int i = last.peak; i + step <= end; ++i) {
    const double fall = trace.at(i) - trace.at(i + step);
    fastest = std::max(fastest, fall);
    // Hardly falling any more, after half the height is lost, while still above the level.
    if (fastest > 0.2 * last.uv && fall < 0.1 * fastest && trace.at(i) < 0.5 * last.uv) {
      double highest = 0;
      for (int j = i; j <= end; ++j) highest = std::max(highest, trace.at(j));
      out.j_point_uv = highest;
      return;
    }
  }
}

void measure_p(const Trace& trace, const PWave& p, LeadShape& out) {
  const double first = trace.mean(p.onset - trace.samples(4), p.onset + 1);
  const double last = trace.mean(p.offset, p.offset + trace.samples(4) + 1);
  const int length = std::max(1, p.offset - p.onset);
  int last_positive = p.onset;
  double deepest_end = 0;
  for (int i = p.onset; i < p.offset; ++i) {
    const double uv = trace.at(i) - first - (last - first) * (i - p.onset) / length;
    if (uv > out.p_uv) out.p_uv = uv;
    if (-uv > out.p_neg_uv) out.p_neg_uv = -uv;
    if (uv >= 0) {
      last_positive = i;
      deepest_end = 0;
    } else {
      deepest_end = std::max(deepest_end, -uv);
    }
  }
  out.p_terminal_mm_ms = deepest_end / 100 * trace.ms(p.offset - last_positive);
}

void measure_st(const Trace& trace, const QrsBounds& qrs, LeadShape& out) {
  // Beginning at the instant itself: before J stands the end of QRS.
  const int few = trace.samples(4);
  const auto level = [&](double ms) {
    const int at = qrs.offset + (ms > 0 ? trace.samples(ms) : 0);
    return trace.mean(at, at + few + 1);
  };
  out.st_j_uv = level(0);
  out.st_j20_uv = level(20);
  out.st_j40_uv = level(40);
  out.st_j60_uv = level(60);
  out.st_j80_uv = level(80);
  out.st_slope_uv_s = (out.st_j80_uv - out.st_j_uv) / 0.08;
  out.st_bend_uv = out.st_j40_uv - (out.st_j80_uv + out.st_j_uv) / 2;
}

void measure_t(const Trace& trace, const QrsBounds& qrs, const TWave& t, LeadShape& out) {
  const int tail = std::max(t.end - t.peak, trace.samples(50));
  const int begin = std::max(qrs.offset + trace.samples(60), t.peak - tail - tail / 4);
  const int end = std::min(t.end + 1, trace.size());
  if (end - begin < 3) return;
  int highest_at = begin, lowest_at = begin;
  double highest = trace.at(begin), lowest = highest;
  for (int i = begin; i < end; ++i) {
    const double uv = trace.at(i);
    if (uv > highest) {
      highest = uv;
      highest_at = i;
    }
    if (uv < lowest) {
      lowest = uv;
      lowest_at = i;
    }
  }
  out.t_pos_uv = std::max(0.0, highest);
  out.t_neg_uv = std::max(0.0, -lowest);
  out.t_uv = out.t_pos_uv >= out.t_neg_uv ? out.t_pos_uv : -out.t_neg_uv;
  out.t_end_inverted = out.t_pos_uv > 50 && out.t_neg_uv > 50 && lowest_at > highest_at ? 1 : 0;
  out.t_area_uvs = trace.area(begin, end);
  const int peak = out.t_uv > 0 ? highest_at : lowest_at;
  const double half = out.t_uv / 2;
  const auto beyond = [&](int i) { return out.t_uv > 0 ? trace.at(i) > half : trace.at(i) < half; };
  int left = peak, right = peak;
  while (left > qrs.offset && beyond(left)) --left;
  while (right < end - 1 && beyond(right)) ++right;
  out.t_symmetry = right > peak ? static_cast<double>(peak - left) / (right - peak) : 0;
}

}  // namespace

LeadShape measure_shape(const std::vector<float>& beat, const Delineation& waves, Hertz sampling_frequency) {
  LeadShape out;
  if (beat.empty()) return out;
  const QrsBounds& qrs = waves.qrs;
  const Trace trace(beat, qrs, sampling_frequency);
  const Parts parts = parts_of(trace, qrs);
  name_waves(trace, parts, qrs, out);
  count_turns(trace, parts, qrs, out);
  find_delta(trace, qrs, out);
  find_j_wave(trace, parts, qrs, out);
  const int forty = trace.samples(40);
  out.qrs_area_uvs = trace.area(qrs.onset, qrs.offset);
  out.initial_area_uvs = trace.area(qrs.onset, std::min(qrs.onset + forty, qrs.offset));
  out.terminal_area_uvs = trace.area(std::max(qrs.offset - forty, qrs.onset), qrs.offset);
  out.terminal_uv = trace.mean(std::max(qrs.offset - forty, qrs.onset), qrs.offset);
  if (waves.p) measure_p(trace, *waves.p, out);
  measure_st(trace, qrs, out);
  if (waves.t) measure_t(trace, qrs, *waves.t, out);
  return out;
}

}  // namespace ecg::dsp
