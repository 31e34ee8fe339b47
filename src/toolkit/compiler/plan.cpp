// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#include "aiot/toolkit/compiler/plan.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "aiot/core/check.hpp"
#include "aiot/toolkit/random.hpp"

namespace aiot::toolkit::plan {
namespace {

constexpr std::int64_t kNoCeiling = std::numeric_limits<std::int64_t>::max() / 4;

/// After this many failures in a row a search begins at another order.
constexpr std::uint32_t kPatience = 400;

/// A network with more pairs of blocks that live at the same time is not searched.
constexpr std::uint64_t kMostPairs = 2'000'000;

std::int64_t up(std::int64_t value, std::int64_t step) {
  return (value + step - 1) / step * step;
}

std::int64_t down(std::int64_t value, std::int64_t step) {
  return value < 0 ? -1 : value / step * step;
}

bool live_together(const Block& a, const Block& b) {
  return a.first <= b.last && b.first <= a.last && a.bytes != 0 && b.bytes != 0;
}

/// Calls `use(a, b)` for the pairs of blocks that live at the same time, until it returns false.
template <class Use>
void for_each_pair(const std::vector<Block>& blocks, Use use) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return blocks[a].first < blocks[b].first;
  });
  std::vector<std::size_t> alive;
  for (const std::size_t block : order) {
    if (blocks[block].bytes == 0) {
      continue;
    }
    std::erase_if(alive,
                  [&](std::size_t other) { return blocks[other].last < blocks[block].first; });
    for (const std::size_t other : alive) {
      if (!use(block, other)) {
        return;
      }
    }
    alive.push_back(block);
  }
}

/// Whether so many blocks live at the same time that looking at all pairs takes too long.
bool is_crowded(const std::vector<Block>& blocks) {
  std::uint64_t pairs = 0;
  for_each_pair(blocks, [&](std::size_t, std::size_t) { return ++pairs <= kMostPairs; });
  return pairs > kMostPairs;
}

/// Every block behind the one before: what is left for thousands of blocks that all live at once.
Plan one_behind_the_other(const Task& task, std::uint32_t alignment) {
  Plan plan;
  for (const Block& block : task.blocks) {
    plan.offsets.push_back((plan.bytes + alignment - 1U) / alignment * alignment);
    plan.bytes = plan.offsets.back() + block.bytes;
  }
  return plan;
}

/// How near two blocks may come: the one may not begin in the open interval
/// (offset of the other - before, offset of the other + behind).
struct Neighbour {
  std::size_t block = 0;
  std::int64_t before = 0;
  std::int64_t behind = 0;
};

struct Interval {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

enum class End { kLow, kHigh };

/// A way to build a plan: the blocks in this order, each from its end of the arena.
struct Recipe {
  std::vector<std::size_t> order;
  std::vector<End> ends;  ///< by block
};

class Packer {
 public:
  Packer(const Task& task, std::uint32_t alignment);

  /// Puts every block below `ceiling`; returns the first that does not fit, or nothing.
  std::optional<std::size_t> pack(const Recipe& recipe, std::int64_t ceiling);

  [[nodiscard]] Plan plan() const;

  [[nodiscard]] std::uint64_t work() const { return work_; }

 private:
  std::int64_t lowest(std::int64_t ceiling);
  std::int64_t highest(std::int64_t ceiling);

  const std::vector<Block>& blocks_;
  std::int64_t alignment_;
  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<std::int64_t> offsets_;  ///< negative: not yet put
  std::vector<Interval> taken_;
  std::uint64_t work_ = 0;
};

Packer::Packer(const Task& task, std::uint32_t alignment)
    : blocks_(task.blocks), alignment_(alignment), neighbours_(task.blocks.size()) {
  for_each_pair(blocks_, [&](std::size_t a, std::size_t b) {
    neighbours_[a].push_back({b, blocks_[a].bytes, blocks_[b].bytes});
    neighbours_[b].push_back({a, blocks_[b].bytes, blocks_[a].bytes});
    return true;
  });
  const auto neighbour = [&](std::size_t of, std::size_t block) {
    auto& list = neighbours_[of];
    return std::find_if(
        list.begin(), list.end(), [&](const Neighbour& n) { return n.block == block; });
  };
  for (const Overlap& overlap : task.overlaps) {
    AIOT_CHECK(overlap.output < blocks_.size() && overlap.input < blocks_.size() &&
               overlap.output != overlap.input &&
               blocks_[overlap.output].first == blocks_[overlap.input].last);
    const std::int64_t lead = overlap.lead;
    if (const auto input = neighbour(overlap.output, overlap.input);
        input != neighbours_[overlap.output].end()) {
      input->before = std::min(input->before, lead);
    }
    if (const auto output = neighbour(overlap.input, overlap.output);
        output != neighbours_[overlap.input].end()) {
      output->behind = std::min(output->behind, lead);
    }
  }
}

std::optional<std::size_t> Packer::pack(const Recipe& recipe, std::int64_t ceiling) {
  offsets_.assign(blocks_.size(), -1);
  for (const std::size_t block : recipe.order) {
    taken_.clear();
    work_ += neighbours_[block].size() + 1;
    for (const Neighbour& other : neighbours_[block]) {
      if (offsets_[other.block] >= 0) {
        taken_.push_back(
            {offsets_[other.block] - other.before, offsets_[other.block] + other.behind});
      }
    }
    const std::int64_t highest_begin = ceiling - blocks_[block].bytes;
    const std::int64_t at =
        recipe.ends[block] == End::kLow ? lowest(highest_begin) : highest(highest_begin);
    if (at < 0) {
      return block;
    }
    offsets_[block] = at;
  }
  return std::nullopt;
}

/// Lowest begin that is not inside of a taken interval, or -1 when above `limit`.
std::int64_t Packer::lowest(std::int64_t limit) {
  std::sort(taken_.begin(), taken_.end(), [](const Interval& a, const Interval& b) {
    return a.begin < b.begin;
  });
  std::int64_t at = 0;
  for (const Interval& interval : taken_) {
    if (interval.begin >= at) {
      break;
    }
    if (at < interval.end) {
      at = up(interval.end, alignment_);
    }
  }
  return at <= limit ? at : -1;
}

/// Highest begin up to `limit` that is not inside of a taken interval, or -1.
std::int64_t Packer::highest(std::int64_t limit) {
  std::sort(taken_.begin(), taken_.end(), [](const Interval& a, const Interval& b) {
    return a.end > b.end;
  });
  std::int64_t at = down(limit, alignment_);
  for (const Interval& interval : taken_) {
    if (interval.end <= at || at < 0) {
      break;
    }
    if (at > interval.begin) {
      at = down(interval.begin, alignment_);
    }
  }
  return at;
}

Plan Packer::plan() const {
  Plan plan;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const auto offset = static_cast<std::uint64_t>(offsets_[block]);
    plan.offsets.push_back(offset);
    plan.bytes = std::max(plan.bytes, offset + blocks_[block].bytes);
  }
  return plan;
}

/// Orders in which to put the blocks, the first ones to try.
std::vector<std::vector<std::size_t>> first_orders(const Task& task,
                                                   const std::vector<std::uint64_t>& bounds) {
  const std::vector<Block>& blocks = task.blocks;
  std::vector<std::uint64_t> tightest;  // of the instructions at which the block lives
  tightest.reserve(blocks.size());
  for (const Block& block : blocks) {
    tightest.push_back(*std::max_element(bounds.begin() + block.first,
                                         bounds.begin() + std::ptrdiff_t{block.last} + 1));
  }
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<std::vector<std::size_t>> orders;
  const auto sorted_by = [&](auto key) {
    std::stable_sort(
        order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) > key(b); });
    orders.push_back(order);
  };
  sorted_by([&](std::size_t b) { return -std::int64_t{blocks[b].first}; });
  sorted_by([&](std::size_t b) { return std::int64_t{blocks[b].last}; });
  sorted_by([&](std::size_t b) { return blocks[b].bytes; });
  sorted_by([&](std::size_t b) {
    return std::uint64_t{blocks[b].bytes} * (blocks[b].last - blocks[b].first + 1U);
  });
  sorted_by([&](std::size_t b) { return std::pair(tightest[b], blocks[b].bytes); });
  return orders;
}

/// The search: a recipe that fails below the ceiling is repaired by putting the block that did not
/// fit earlier, now and then from the other end; one that succeeds lowers the ceiling.
class Search {
 public:
  Search(const Task& task, std::uint32_t alignment, std::uint64_t effort)
      : packer_(task, alignment), alignment_(alignment), effort_(effort) {}

  Plan run(const Task& task) {
    const std::vector<std::uint64_t> bounds = lower_bounds(task, alignment_);
    goal_ = bounds.empty() ? 0 : *std::max_element(bounds.begin(), bounds.end());
    for (const auto& order : first_orders(task, bounds)) {
      starts_.push_back({order, std::vector<End>(task.blocks.size(), End::kLow)});
      try_recipe(starts_.back(), kNoCeiling);
    }
    std::size_t round = 0;
    while (best_.bytes > goal_ && packer_.work() < effort_) {
      repair(next_start(round++));
    }
    return best_;
  }

 private:
  std::optional<std::size_t> try_recipe(const Recipe& recipe, std::int64_t ceiling) {
    const std::optional<std::size_t> misfit = packer_.pack(recipe, ceiling);
    if (!misfit.has_value()) {
      Plan plan = packer_.plan();
      if (best_.offsets.empty() || plan.bytes < best_.bytes) {
        best_ = std::move(plan);
        best_recipe_ = recipe;
      }
    }
    return misfit;
  }

  Recipe next_start(std::size_t round) {
    if (round < starts_.size()) {
      return starts_[round];
    }
    Recipe recipe = best_recipe_;
    if (round % 3 == 0) {
      random_.shuffle(recipe.order);
    }
    if (round % 2 == 0) {
      for (End& end : recipe.ends) {
        end = random_.below(4) == 0 ? End::kHigh : End::kLow;
      }
    }
    return recipe;
  }

  void repair(Recipe recipe) {
    for (std::uint32_t failures = 0; failures < kPatience;) {
      if (best_.bytes <= goal_ || packer_.work() >= effort_) {
        return;
      }
      const std::int64_t ceiling = static_cast<std::int64_t>(best_.bytes) - 1;
      const std::optional<std::size_t> misfit = try_recipe(recipe, ceiling);
      if (!misfit.has_value()) {
        failures = 0;
        continue;
      }
      ++failures;
      mend(recipe, *misfit);
    }
  }

  void mend(Recipe& recipe, std::size_t misfit) {
    const auto at = std::find(recipe.order.begin(), recipe.order.end(), misfit);
    const auto position = static_cast<std::uint32_t>(at - recipe.order.begin());
    const std::uint32_t target =
        position == 0 || random_.below(2) == 0 ? 0 : random_.below(position);
    std::rotate(recipe.order.begin() + target, at, at + 1);
    if (position == 0 || random_.below(4) == 0) {
      recipe.ends[misfit] = recipe.ends[misfit] == End::kLow ? End::kHigh : End::kLow;
    }
  }

  Packer packer_;
  std::uint32_t alignment_;
  std::uint64_t effort_;
  std::uint64_t goal_ = 0;
  Random random_{1, 0};
  std::vector<Recipe> starts_;
  Plan best_;
  Recipe best_recipe_;
};

/// Blocks that live at one instruction, summed up.
struct Load {
  std::uint64_t bytes = 0;         ///< each rounded up to the alignment
  std::uint64_t largest_rest = 0;  ///< what rounding added to one of them: the last needs none

  void add(std::uint64_t block, std::uint32_t alignment) {
    const std::uint64_t rounded = (block + alignment - 1U) / alignment * alignment;
    bytes += rounded;
    largest_rest = std::max(largest_rest, rounded - block);
  }
};

}  // namespace

// An output and the inputs that it may lie over count as one block: what two of them can save is
// what they share at best, and all inputs together share no more than the output.
std::vector<std::uint64_t> lower_bounds(const Task& task, std::uint32_t alignment) {
  std::uint32_t instructions = 0;
  for (const Block& block : task.blocks) {
    instructions = std::max(instructions, block.last + 1U);
  }
  std::vector<std::size_t> shares_at(task.blocks.size(), std::numeric_limits<std::size_t>::max());
  std::vector<std::uint64_t> shared(task.blocks.size(), 0);
  std::vector<std::uint64_t> merged(task.blocks.size(), 0);
  for (std::size_t i = 0; i < task.blocks.size(); ++i) {
    merged[i] = task.blocks[i].bytes;
  }
  for (const Overlap& overlap : task.overlaps) {
    const std::uint64_t in = task.blocks[overlap.input].bytes;
    const std::uint64_t out = task.blocks[overlap.output].bytes;
    const std::uint64_t together = std::max(out, overlap.lead + in);
    if (together < in + out) {
      shares_at[overlap.input] = task.blocks[overlap.input].last;
      merged[overlap.output] += in;
      shared[overlap.output] += in + out - together;
    }
  }
  std::vector<Load> loads(instructions);
  for (std::size_t i = 0; i < task.blocks.size(); ++i) {
    const Block& block = task.blocks[i];
    for (std::uint32_t at = block.first; block.bytes != 0 && at <= block.last; ++at) {
      if (at == block.first && shared[i] != 0) {
        loads[at].add(merged[i] - std::min<std::uint64_t>(shared[i], block.bytes), alignment);
      } else if (at != shares_at[i]) {
        loads[at].add(block.bytes, alignment);
      }
    }
  }
  std::vector<std::uint64_t> bounds(loads.size());
  std::transform(loads.begin(), loads.end(), bounds.begin(), [](const Load& load) {
    return load.bytes - load.largest_rest;
  });
  return bounds;
}

Plan place(const Task& task, std::uint32_t alignment, std::uint64_t effort) {
  if (task.blocks.empty() || is_crowded(task.blocks)) {
    return one_behind_the_other(task, alignment);
  }
  return Search(task, alignment, effort).run(task);
}

bool is_valid(const Task& task, const Plan& plan, std::uint32_t alignment) {
  const std::vector<Block>& blocks = task.blocks;
  if (plan.offsets.size() != blocks.size()) {
    return false;
  }
  const auto allowed = [&](std::size_t a, std::size_t b) {
    return std::any_of(task.overlaps.begin(), task.overlaps.end(), [&](const Overlap& overlap) {
      return overlap.output == a && overlap.input == b &&
             plan.offsets[b] >= plan.offsets[a] + overlap.lead;
    });
  };
  for (std::size_t a = 0; a < blocks.size(); ++a) {
    const std::uint64_t end = plan.offsets[a] + blocks[a].bytes;
    if (plan.offsets[a] % alignment != 0 || end > plan.bytes) {
      return false;
    }
    for (std::size_t b = 0; b < a; ++b) {
      const bool apart =
          end <= plan.offsets[b] || plan.offsets[b] + blocks[b].bytes <= plan.offsets[a];
      if (live_together(blocks[a], blocks[b]) && !apart && !allowed(a, b) && !allowed(b, a)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace aiot::toolkit::plan
