// Every wave of one lead of the median beat as numbers: what the criteria of dsp/interpret look at.
#pragma once

namespace ecg::dsp {

// Amplitudes in microvolts against the level just before QRS, depths as positive numbers, durations in
// milliseconds, areas in microvolt seconds. A wave that is absent is 0. Only waves of at least 25 uV and 6 ms
// count (IEC 60601-2-51 asks for 30 uV and 6 ms).
struct LeadShape {
  double p_uv = 0;              // highest point of P against the line between its ends
  double p_neg_uv = 0;          // its lowest, as a depth
  double p_terminal_mm_ms = 0;  // depth (0.1 mV) times duration of a negative end of P: Morris index

  double q_uv = 0, q_ms = 0;     // negative wave before any R; a QS complex counts as Q
  double r_uv = 0, r_ms = 0;     // first positive wave
  double s_uv = 0, s_ms = 0;     // negative wave after R
  double r2_uv = 0, r2_ms = 0;   // positive wave after S
  double s2_uv = 0;              // negative wave after R'
  double qs = 0;                 // 1: QRS is one negative wave
  double tallest_uv = 0;         // highest point of QRS
  double deepest_uv = 0;         // lowest, QS included
  double peak_to_peak_uv = 0;    // the sum of both
  double intrinsicoid_ms = 0;    // QRS onset to the peak of the last tall positive wave
  double notches = 0;            // turns of the middle of QRS, and plateaus of at least 12 ms
  double delta_ms = 0;           // length of a slow start of QRS
  double fragments = 0;          // extra turns anywhere in QRS
  double qrs_area_uvs = 0;       // sign: main direction
  double initial_area_uvs = 0;   // of the first 40 ms
  double terminal_area_uvs = 0;  // of the last 40 ms
  double terminal_uv = 0;        // mean level of the last 40 ms
  double j_point_uv = 0;         // the height of a notch or slur that ends QRS

  double st_j_uv = 0, st_j20_uv = 0, st_j40_uv = 0, st_j60_uv = 0, st_j80_uv = 0;
  double st_slope_uv_s = 0;  // from J to J + 80 ms
  double st_bend_uv = 0;     // J + 40 ms against the line from J to J + 80 ms; above 0 is convex, domed

  double t_uv = 0;  // the greater of the two parts with its sign
  double t_pos_uv = 0, t_neg_uv = 0;
  double t_end_inverted = 0;  // 1: a positive part is followed by a negative one
  double t_area_uvs = 0;
  double t_symmetry = 0;  // rise time over fall time at half height
};

}  // namespace ecg::dsp
