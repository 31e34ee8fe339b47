// SPDX-FileCopyrightText: 2026 The aiot authors
// SPDX-License-Identifier: Apache-2.0

#include "examples/update/launcher.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "aiot/toolkit/image_signer.hpp"
#include "examples/update/gateway.hpp"

namespace gateway {

using namespace aiot;
using update::AuditKind;
using update::ImageType;
using update::SlotState;

namespace {

/// Runs what the link names. -1: errno.
pid_t run(const std::string& folder, const std::string& link) {
  (void)std::fflush(stdout);
  const pid_t launcher = ::getpid();
  const pid_t app = ::fork();
  if (app != 0) {
    return app;
  }
  // It goes with its launcher, so that there are never two.
  (void)::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == launcher) {
    std::array<std::string, 2> words = {link, folder};
    std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
    ::execv(link.c_str(), arguments.data());
  }
  std::perror("update: the app can not be started");
  ::_exit(126);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Exit code of the app, as a shell gives it; empty when it still runs after `seconds`.
std::optional<int> wait_for(pid_t app, int seconds) {
  constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 10'000'000};
  for (int i = 0; i < seconds * 100; ++i) {
    int status = 0;
    if (::waitpid(app, &status, WNOHANG) == app) {
      return exit_code(status);
    }
    (void)::nanosleep(&kNap, nullptr);
  }
  return std::nullopt;
}

/// Waits for the end of the app; its exit code.
int wait_for(pid_t app) {
  int status = 0;
  return ::waitpid(app, &status, 0) == app ? exit_code(status) : 1;
}

/// The time of a trial is over: gives it up, unless it was confirmed. Whether it may go on.
bool judge(const std::string& folder, std::uint8_t slot) {
  Gateway gateway(folder);
  if (!gateway.open()) {
    (void)fail(gateway.problem());  // it costs one of its tries
    return false;
  }
  const update::SlotPair& pair = gateway.record().state().of(ImageType::kFirmware);
  if (pair.slot[slot].state == SlotState::kTrial) {
    (void)gateway.installer().give_up(ImageType::kFirmware, update::Cause::kDeadline);
    gateway.tell_returns();
    gateway.seal();
  }
  return pair.slot[slot].state == SlotState::kConfirmed;
}

/// Chooses a slot and makes the link name its app. The commit is the boot record's frame that
/// `choose` writes; app and link follow from it, and are made right at the next start when this
/// one ends before.
std::optional<update::StartedSlot> boot(Gateway& gateway) {
  const auto chosen = gateway.choose();
  gateway.tell_start();
  if (!chosen.ok()) {
    gateway.seal();
    (void)fail("neither slot can be started; offer an image");
    return std::nullopt;
  }
  const update::SlotRecord& slot =
      gateway.record().state().of(ImageType::kFirmware).slot[chosen->slot];
  std::printf(
      "boot %u: slot %c version %s%s\n",
      gateway.record().state().boots,
      slot_name(chosen->slot),
      toolkit::version_text(chosen->image.header.version).c_str(),
      !chosen->trial ? "" : (", on trial, tries left: " + std::to_string(slot.tries)).c_str());
  if (chosen->trial) {
    (void)gateway.tell(AuditKind::kTrial, chosen->slot);
  }
  gateway.seal();
  if (!gateway.extract(*chosen)) {
    (void)fail(gateway.problem());
    return std::nullopt;
  }
  if (!gateway.link().point_to(chosen->slot).ok()) {
    (void)fail(gateway.link().message());
    return std::nullopt;
  }
  return *chosen;
}

}  // namespace

int start(const std::string& folder, int seconds) {
  std::optional<update::StartedSlot> started;
  std::string link;
  {  // Closed again before the app runs, which opens it to confirm.
    Gateway gateway(folder);
    if (!gateway.open()) {
      return fail(gateway.problem());
    }
    started = boot(gateway);
    link = gateway.link().path();
  }
  if (!started.has_value()) {
    return 1;
  }
  const pid_t app = run(folder, link);
  if (app < 0) {
    std::perror("update: no process for the app");
    return 1;
  }
  if (started->trial) {
    if (const std::optional<int> code = wait_for(app, seconds); code.has_value()) {
      return *code;
    }
    if (!judge(folder, started->slot)) {
      (void)::kill(-app, SIGKILL);
    }
  }
  return wait_for(app);
}

}  // namespace gateway
