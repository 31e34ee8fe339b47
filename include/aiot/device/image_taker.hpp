// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "aiot/core/bytes.hpp"
#include "aiot/core/identity.hpp"
#include "aiot/core/time.hpp"
#include "aiot/update/audit_log.hpp"
#include "aiot/update/image.hpp"
#include "aiot/update/installer.hpp"

namespace aiot::device {

/// An installer whose verdicts an audit log is told: `Updates` of a device; a gateway that measures
/// nothing, and so has no `Device`, has its own.
template <class T>
concept ImageTaker = requires(T& taker,
                              std::uint32_t offset,
                              Bytes bytes,
                              const Hash256& file,
                              update::ImageType type,
                              const update::ImageId& image,
                              const update::AuditEntry& entry,
                              Instant now) {
  { taker.offer(bytes, now) } -> std::same_as<update::InstallVerdict>;
  { taker.write(offset, bytes, now) } -> std::same_as<update::InstallVerdict>;
  { taker.finish(file, now) } -> std::same_as<update::InstallVerdict>;
  { taker.holds(type, image) } -> std::same_as<bool>;  // verified: confirmed, or to be tried
  { taker.tell(entry, now) } -> std::same_as<void>;    // something else for the audit log
};

/// Non-owning reference to one who takes images, two words; that one must outlive it.
class ImageTakerRef {
 public:
  // Not for a Ref itself: copying a non-const one must be a copy, not a Ref to a Ref.
  template <ImageTaker T>
  constexpr ImageTakerRef(T& taker) noexcept requires(!std::same_as<T, ImageTakerRef>)
      : object_(&taker), table_(&kTable<T>) {}

  update::InstallVerdict offer(Bytes offer, Instant now) const noexcept {
    return table_->offer(object_, offer, now);
  }

  update::InstallVerdict write(std::uint32_t offset, Bytes bytes, Instant now) const noexcept {
    return table_->write(object_, offset, bytes, now);
  }

  update::InstallVerdict finish(const Hash256& file, Instant now) const noexcept {
    return table_->finish(object_, file, now);
  }

  [[nodiscard]] bool holds(update::ImageType type, const update::ImageId& image) const noexcept {
    return table_->holds(object_, type, image);
  }

  void tell(const update::AuditEntry& entry, Instant now) const noexcept {
    table_->tell(object_, entry, now);
  }

 private:
  struct Table {
    update::InstallVerdict (*offer)(void*, Bytes, Instant);
    update::InstallVerdict (*write)(void*, std::uint32_t, Bytes, Instant);
    update::InstallVerdict (*finish)(void*, const Hash256&, Instant);
    bool (*holds)(void*, update::ImageType, const update::ImageId&);
    void (*tell)(void*, const update::AuditEntry&, Instant);
  };

  template <class T>
  static constexpr Table kTable = {
      [](void* o, Bytes offer, Instant now) { return static_cast<T*>(o)->offer(offer, now); },
      [](void* o, std::uint32_t offset, Bytes bytes, Instant now) {
        return static_cast<T*>(o)->write(offset, bytes, now);
      },
      [](void* o, const Hash256& file, Instant now) {
        return static_cast<T*>(o)->finish(file, now);
      },
      [](void* o, update::ImageType type, const update::ImageId& image) {
        return static_cast<T*>(o)->holds(type, image);
      },
      [](void* o, const update::AuditEntry& entry, Instant now) {
        static_cast<T*>(o)->tell(entry, now);
      },
  };

  void* object_;
  const Table* table_;
};

}  // namespace aiot::device
