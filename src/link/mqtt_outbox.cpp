// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "aiot/link/mqtt_outbox.hpp"

#include <algorithm>
#include <cstring>

#include "aiot/core/check.hpp"

namespace aiot::link::mqtt {
namespace {

// Flags of a message.
constexpr std::uint32_t kRetain = 1U << 0U;
constexpr std::uint32_t kSent = 1U << 1U;  // at least in part, perhaps on an earlier connection
constexpr std::uint32_t kGone = 1U << 2U;

}  // namespace

Outbox::Entry Outbox::load(std::size_t at) const noexcept {
  Entry entry{};
  std::memcpy(&entry, &memory_[at], sizeof(entry));
  return entry;
}

void Outbox::save(std::size_t at, const Entry& entry) noexcept {
  std::memcpy(&memory_[at], &entry, sizeof(entry));
}

void Outbox::mark(std::size_t at, std::uint32_t clear, std::uint32_t set) noexcept {
  Entry entry = load(at);
  entry.flags = (entry.flags & ~clear) | set;
  save(at, entry);
}

std::size_t Outbox::size_of(const Entry& entry) noexcept {
  return kOverhead + entry.topic + entry.payload;
}

Result<MutableBytes> Outbox::reserve(const OutMessage& message, std::size_t bytes) noexcept {
  const std::size_t fixed = kOverhead + message.topic.size();
  if (fixed > memory_.size() || bytes > memory_.size() - fixed) {
    return Error::kNoSpace;
  }
  if (fixed + bytes > memory_.size() - end_) {
    // Only now, so that not every acknowledgement moves what is behind it.
    compact();
    if (fixed + bytes > memory_.size() - end_) {
      return Error::kWouldBlock;
    }
  }
  save(end_,
       {.topic = static_cast<std::uint16_t>(message.topic.size()),
        .id = message.id,
        .flags = message.retain ? kRetain : 0U});
  std::ranges::copy(as_bytes(message.topic.data(), message.topic.size()),
                    memory_.subspan(end_ + kOverhead).begin());
  reserved_ = bytes;
  return memory_.subspan(end_ + fixed, bytes);
}

std::uint16_t Outbox::commit(std::size_t bytes) noexcept {
  AIOT_CHECK(bytes <= reserved_);
  Entry entry = load(end_);
  entry.payload = static_cast<std::uint32_t>(bytes);
  save(end_, entry);
  end_ += size_of(entry);
  reserved_ = 0;
  waiting_ += entry.id != 0 ? 1U : 0U;
  return entry.id;
}

Result<OutMessage> Outbox::next() const noexcept {
  if (next_ == end_) {
    return Error::kEmpty;
  }
  const Entry entry = load(next_);
  const Bytes body = Bytes(memory_).subspan(next_ + kOverhead);
  return OutMessage{.topic = {reinterpret_cast<const char*>(body.data()), entry.topic},
                    .payload = body.subspan(entry.topic, entry.payload),
                    .id = entry.id,
                    .retain = (entry.flags & kRetain) != 0,
                    .dup = (entry.flags & kSent) != 0};
}

void Outbox::begin() noexcept {
  mark(next_, 0, kSent);
}

void Outbox::advance() noexcept {
  const Entry entry = load(next_);
  const std::size_t at = next_;
  next_ += size_of(entry);
  if (entry.id != 0) {
    ++in_flight_;
  } else {
    remove(at);
  }
}

void Outbox::drop() noexcept {
  const std::size_t at = next_;
  const Entry entry = load(at);
  next_ += size_of(entry);
  waiting_ -= entry.id != 0 ? 1U : 0U;
  remove(at);
}

/// Everything but the counters.
void Outbox::remove(std::size_t at) noexcept {
  mark(at, 0, kGone);
  if (first_ == end_) {
    first_ = next_ = end_ = 0;
  }
}

/// Where the message `id` is, which begins before `end`; `end` itself: it is not there.
std::size_t Outbox::find(std::uint16_t id, std::size_t end) const noexcept {
  std::size_t at = first_;
  while (at < end) {
    const Entry entry = load(at);
    if (entry.id == id && (entry.flags & kGone) == 0) {
      break;
    }
    at += size_of(entry);
  }
  return at;
}

bool Outbox::acknowledge(std::uint16_t id) noexcept {
  const std::size_t at = find(id, next_);
  if (at == next_) {
    return false;
  }
  --waiting_;
  --in_flight_;
  remove(at);
  return true;
}

/// Closes the gaps between the messages.
void Outbox::compact() noexcept {
  std::size_t to = 0;
  std::size_t next = 0;
  for (std::size_t at = first_; at < end_;) {
    const Entry entry = load(at);
    const std::size_t size = size_of(entry);
    if ((entry.flags & kGone) == 0) {
      std::memmove(memory_.data() + to, memory_.data() + at, size);
      to += size;
    }
    at += size;
    if (at == next_) {
      next = to;
    }
  }
  first_ = 0;
  next_ = next;
  end_ = to;
}

void Outbox::rewind() noexcept {
  while (next_ < end_) {
    // Of what was not sent, QoS 0 is not sent any more.
    const Entry entry = load(next_);
    mark(next_, 0, entry.id == 0 ? kGone : 0U);
    next_ += size_of(entry);
  }
  compact();
  next_ = 0;
  in_flight_ = 0;
}

void Outbox::forget() noexcept {
  for (std::size_t at = 0; at < end_; at += size_of(load(at))) {
    mark(at, kSent, 0);
  }
}

bool Outbox::holds(std::uint16_t id) const noexcept {
  return find(id, end_) != end_;
}

}  // namespace aiot::link::mqtt
