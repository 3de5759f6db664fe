// oneDNN as a contestant of the comparison. It reads requests from its input, a line each, and
// answers each with a line:
//
//   versions              -> versions oneDNN 2.6.3
//   case KERNEL key=value -> offers VARIANT ...   buffers filled, primitives made, one call of each
//   check VARIANT         -> check S              sum of |result|, added in double
//   run VARIANT CALLS     -> time NANOSECONDS     after one call that is not timed
//   drop                  -> dropped
//   anything wrong        -> error TEXT
//
// Only the execution of primitives is timed: their making, and the reordering of data into a layout
// of the library's own, are what a user does once.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>

#include <dnnl.hpp>
#include <omp.h>

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

namespace {

constexpr float epsilon = 1e-5f;
constexpr auto scale_shift = dnnl::normalization_flags::use_scale_shift;

dnnl::engine engine(dnnl::engine::kind::cpu, 0);
dnnl::stream stream(engine);

// ---- Data: the same numbers in every contestant ----

enum Seed : std::uint32_t { X = 1, DY = 2, GAMMA = 3, BETA = 4 };

// In [-1, 1), never 0, a multiple of 2^-23: exact in f32.
float value(std::size_t i, Seed seed) {
  std::uint32_t h = std::uint32_t(i) * 2654435761u + seed * 2246822519u;
  h ^= h >> 15;
  h *= 2246822507u;
  h ^= h >> 13;
  return float((h >> 8) | 1) / 8388608.0f - 1.0f;
}

memory::desc described(const memory::dims &dims, tag layout) {
  return memory::desc(dims, memory::data_type::f32, layout);
}

float *numbers(const memory &m) { return static_cast<float *>(m.get_data_handle()); }

std::size_t length(const memory &m) { return m.get_desc().get_size() / sizeof(float); }

// Written, so that no page is touched for the first time while the clock runs.
memory empty(const memory::desc &d) {
  memory m(d, engine);
  std::fill_n(numbers(m), length(m), 0.0f);
  return m;
}

memory filled(const memory::desc &d, Seed seed, float factor = 1) {
  memory m(d, engine);
  for (std::size_t i = 0; i < length(m); ++i) numbers(m)[i] = factor * value(i, seed);
  return m;
}

// A row of scales and below it a row of shifts, as release 2 wants them.
memory scales_and_shifts(memory::dim channels) {
  memory m(described({2, channels}, tag::nc), engine);
  for (memory::dim c = 0; c < channels; ++c) {
    numbers(m)[c] = value(c, GAMMA) + 1.5f;
    numbers(m)[channels + c] = value(c, BETA);
  }
  return m;
}

// What `plain` holds, in the layout that `d` asks for.
memory reordered(const memory &plain, const memory::desc &d) {
  if (plain.get_desc() == d) return plain;
  memory there = empty(d);
  dnnl::reorder(plain, there).execute(stream, const_cast<memory &>(plain), there);
  stream.wait();
  return there;
}

// ---- Cases ----

// A word of a case: rows, channels, outer, ...
class Words {
public:
  explicit Words(std::istream &line) {
    for (std::string word; line >> word;) {
      auto at = word.find('=');
      if (at == std::string::npos) throw std::runtime_error("no key=value: " + word);
      values[word.substr(0, at)] = word.substr(at + 1);
    }
  }
  memory::dim operator[](const std::string &key) const {
    auto found = values.find(key);
    if (found == values.end()) throw std::runtime_error("missing: " + key);
    return std::stoll(found->second);
  }

private:
  std::map<std::string, std::string> values;
};

struct Variant {
  dnnl::primitive primitive;
  Arguments arguments;
  memory result;

  void call() {
    primitive.execute(stream, arguments);
    stream.wait();
  }
};
using Variants = std::map<std::string, Variant>;

// ---- Layer norm ----

Variants layer_norm(const Words &words, bool backward) {
  memory::dim rows = words["rows"], channels = words["channels"];
  auto d = described({rows, channels}, tag::nc), per_row = described({rows}, tag::a);
  auto x = filled(d, X), y = empty(d), weights = scales_and_shifts(channels);
  auto mean = empty(per_row), variance = empty(per_row);

  dnnl::layer_normalization_forward::primitive_desc there(
      {prop_kind::forward_training, d, per_row, epsilon, scale_shift}, engine);
  Variant forward{dnnl::layer_normalization_forward(there),
                  {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}, {DNNL_ARG_SCALE_SHIFT, weights},
                   {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance}},
                  y};
  if (!backward) return {{"out", forward}};

  forward.call(); // the statistics
  auto dy = filled(d, DY), dx = empty(d), dweights = empty(weights.get_desc());
  dnnl::layer_normalization_backward::primitive_desc back(
      {prop_kind::backward, d, d, per_row, epsilon, scale_shift}, engine, there);
  return {{"out", {dnnl::layer_normalization_backward(back),
                   {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx},
                    {DNNL_ARG_SCALE_SHIFT, weights}, {DNNL_ARG_DIFF_SCALE_SHIFT, dweights},
                    {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance}},
                   dx}}};
}

// ---- Batch norm ----

// The data come in the layout `plain` and are brought into the layout `inside`.
Variant batch_norm_in(const memory::dims &dims, tag plain, tag inside, bool backward) {
  auto from = described(dims, plain), d = described(dims, inside);
  auto x = reordered(filled(from, X), d), y = empty(d), weights = scales_and_shifts(dims[1]);

  dnnl::batch_normalization_forward::primitive_desc there(
      {prop_kind::forward_training, d, epsilon, scale_shift}, engine);
  auto mean = empty(there.mean_desc()), variance = empty(there.variance_desc());
  Variant forward{dnnl::batch_normalization_forward(there),
                  {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}, {DNNL_ARG_SCALE_SHIFT, weights},
                   {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance}},
                  y};
  if (!backward) return forward;

  forward.call(); // the statistics
  auto dy = reordered(filled(from, DY), d), dx = empty(d), dweights = empty(weights.get_desc());
  dnnl::batch_normalization_backward::primitive_desc back(
      {prop_kind::backward, d, d, epsilon, scale_shift}, engine, there);
  return {dnnl::batch_normalization_backward(back),
          {{DNNL_ARG_SRC, x}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx},
           {DNNL_ARG_SCALE_SHIFT, weights}, {DNNL_ARG_DIFF_SCALE_SHIFT, dweights},
           {DNNL_ARG_MEAN, mean}, {DNNL_ARG_VARIANCE, variance}},
          dx};
}

// N x C has a slow path in the library. Who knows that calls the rows the pixels of one image with
// its channels last, which is the same memory: `nhwc`.
Variants batch_norm_of_rows(memory::dim rows, memory::dim channels, bool backward) {
  return {{"out", batch_norm_in({rows, channels}, tag::nc, tag::nc, backward)},
          {"nhwc", batch_norm_in({1, channels, rows, 1}, tag::nhwc, tag::nhwc, backward)}};
}

// The largest divisor that is not above the root: images as square as they can be.
memory::dim height(memory::dim pixels) {
  auto h = memory::dim(std::sqrt(double(pixels)));
  while (pixels % h != 0) --h;
  return h;
}

Variants batch_norm(const Words &words, bool backward) {
  memory::dim outer = words["outer"], channels = words["channels"], inner = words["inner"];
  if (inner == 1) return batch_norm_of_rows(outer, channels, backward);
  memory::dims dims{outer, channels, height(inner), inner / height(inner)};
  return {{"out", batch_norm_in(dims, tag::nchw, tag::nchw, backward)},
          {"blocked", batch_norm_in(dims, tag::nchw, tag::nChw16c, backward)},
          {"nhwc", batch_norm_in(dims, tag::nchw, tag::nhwc, backward)}};
}

// ---- Maps of elements ----

dnnl::eltwise_forward::primitive_desc map(algorithm f, const memory::desc &d, float alpha,
                                          float beta) {
  return {{prop_kind::forward_training, f, d, alpha, beta}, engine};
}

Variants activation(const Words &words, algorithm f) {
  auto d = described({words["n"]}, tag::a);
  auto x = filled(d, X, 4), y = empty(d);
  return {{"out", {dnnl::eltwise_forward(map(f, d, 0, 0)),
                   {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}}, y}}};
}

Variants backward_from(int argument, const memory &kept, algorithm f) {
  auto d = kept.get_desc();
  auto dy = filled(d, DY), dx = empty(d);
  dnnl::eltwise_backward::primitive_desc back({f, d, d, 0.0f, 0.0f}, engine, map(f, d, 0, 0));
  return {{"out", {dnnl::eltwise_backward(back),
                   {{argument, kept}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dx}}, dx}}};
}

Variants backward_from_x(const Words &words, algorithm f) {
  return backward_from(DNNL_ARG_SRC, filled(described({words["n"]}, tag::a), X, 4), f);
}

Variants backward_from_y(const Words &words, algorithm f) {
  Variant forward = activation(words, f).at("out");
  forward.call();
  return backward_from(DNNL_ARG_DST, forward.result, f);
}

Variants l2_gradient(const Words &words) {
  auto d = described({words["n"]}, tag::a);
  auto w = filled(d, X), g = empty(d);
  auto times = map(algorithm::eltwise_linear, d, 0.01f, 0);
  return {{"out", {dnnl::eltwise_forward(times), {{DNNL_ARG_SRC, w}, {DNNL_ARG_DST, g}}, g}}};
}

Variants clip_value(const Words &words) {
  auto w = filled(described({words["n"]}, tag::a), X);
  auto clip = map(algorithm::eltwise_clip, w.get_desc(), -0.5f, 0.5f);
  return {{"out", {dnnl::eltwise_forward(clip), {{DNNL_ARG_SRC, w}, {DNNL_ARG_DST, w}}, w}}};
}

Variants prepared(const std::string &kernel, const Words &words) {
  static const std::map<std::string, std::function<Variants(const Words &)>> kernels{
      {"layer_norm_forward", [](auto &w) { return layer_norm(w, false); }},
      {"layer_norm_backward", [](auto &w) { return layer_norm(w, true); }},
      {"batch_norm_forward", [](auto &w) { return batch_norm(w, false); }},
      {"batch_norm_backward", [](auto &w) { return batch_norm(w, true); }},
      {"tanh_forward", [](auto &w) { return activation(w, algorithm::eltwise_tanh); }},
      {"sigmoid_forward", [](auto &w) { return activation(w, algorithm::eltwise_logistic); }},
      {"relu_forward", [](auto &w) { return activation(w, algorithm::eltwise_relu); }},
      {"tanh_backward_x", [](auto &w) { return backward_from_x(w, algorithm::eltwise_tanh); }},
      {"sigmoid_backward_x",
       [](auto &w) { return backward_from_x(w, algorithm::eltwise_logistic); }},
      {"relu_backward", [](auto &w) { return backward_from_x(w, algorithm::eltwise_relu); }},
      {"tanh_backward_y",
       [](auto &w) { return backward_from_y(w, algorithm::eltwise_tanh_use_dst_for_bwd); }},
      {"sigmoid_backward_y",
       [](auto &w) { return backward_from_y(w, algorithm::eltwise_logistic_use_dst_for_bwd); }},
      {"l2_gradient", l2_gradient},
      {"clip_value", clip_value}};
  auto found = kernels.find(kernel);
  return found == kernels.end() ? Variants{} : found->second(words);
}

// ---- Protocol ----

Variants variants; // of the case at hand

Variant &named(std::istream &line) {
  std::string name;
  line >> name;
  auto found = variants.find(name);
  if (found == variants.end()) throw std::runtime_error("no variant: " + name);
  return found->second;
}

std::string versions() {
  auto v = dnnl::version();
  std::ostringstream text;
  text << "versions oneDNN " << v->major << '.' << v->minor << '.' << v->patch;
  return text.str();
}

std::string offer(std::istream &line) {
  std::string kernel, text = "offers";
  line >> kernel;
  variants.clear(); // before memory is asked for again
  variants = prepared(kernel, Words(line));
  for (auto &[name, variant] : variants) {
    variant.call();
    text += ' ' + name;
  }
  return text;
}

// What a layout pads is 0 and adds nothing.
std::string check(std::istream &line) {
  const memory &result = named(line).result;
  double sum = 0;
  for (std::size_t i = 0; i < length(result); ++i) sum += std::fabs(double(numbers(result)[i]));
  std::ostringstream text;
  text << "check " << std::setprecision(17) << sum;
  return text.str();
}

std::string run(std::istream &line) {
  Variant &variant = named(line);
  long calls = 0;
  if (!(line >> calls) || calls < 1) throw std::runtime_error("how many calls?");
  variant.call();
  auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < calls; ++i) variant.call();
  std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - begin;
  return "time " + std::to_string(taken.count());
}

std::string answer(const std::string &request) {
  std::istringstream line(request);
  std::string verb;
  line >> verb;
  if (verb == "versions") return versions();
  if (verb == "case") return offer(line);
  if (verb == "check") return check(line);
  if (verb == "run") return run(line);
  if (verb == "drop") {
    variants.clear();
    return "dropped";
  }
  throw std::runtime_error("unknown request: " + request);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3 || std::string(argv[1]) != "--threads") {
    std::cerr << "usage: worker --threads N\n";
    return 2;
  }
  omp_set_num_threads(std::stoi(argv[2]));
  for (std::string request; std::getline(std::cin, request);) {
    try {
      std::cout << answer(request) << std::endl;
    } catch (const std::exception &wrong) {
      std::cout << "error " << wrong.what() << std::endl;
    }
  }
}
