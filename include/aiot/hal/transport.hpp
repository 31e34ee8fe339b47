// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/result.hpp"

namespace aiot::hal {

enum class LinkState : std::uint8_t { kDown, kConnecting, kUp };

/// A byte stream, non-blocking. `send` and `receive` return the number of bytes moved; 0 means try
/// later. A lost link is `kIo`, never 0.
template <class T>
concept Transport = requires(T& link, Bytes in, MutableBytes out) {
  { link.send(in) } -> std::same_as<Result<std::size_t>>;
  { link.receive(out) } -> std::same_as<Result<std::size_t>>;
  { link.state() } -> std::same_as<LinkState>;
};

/// Non-owning reference to a transport; the transport must outlive it.
class TransportRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <Transport T>
  constexpr TransportRef(T& link) noexcept requires(!std::same_as<T, TransportRef>)
      : object_(&link), table_(&kTable<T>) {}

  Result<std::size_t> send(Bytes in) const noexcept { return table_->send(object_, in); }

  Result<std::size_t> receive(MutableBytes out) const noexcept {
    return table_->receive(object_, out);
  }

  LinkState state() const noexcept { return table_->state(object_); }

 private:
  struct Table {
    Result<std::size_t> (*send)(void*, Bytes);
    Result<std::size_t> (*receive)(void*, MutableBytes);
    LinkState (*state)(void*);
  };

  template <class T>
  static constexpr Table kTable = {
      [](void* o, Bytes in) { return static_cast<T*>(o)->send(in); },
      [](void* o, MutableBytes out) { return static_cast<T*>(o)->receive(out); },
      [](void* o) { return static_cast<T*>(o)->state(); },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::hal
