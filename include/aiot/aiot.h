/* SPDX-FileCopyrightText: 2026 The aiot authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The C interface of aiot, for gateways in C or any language that calls C: samples in, records out.
 *
 *   aiot_directory_open    where records are kept (or an aiot_store of your own)
 *   aiot_init              a device in memory of yours
 *   aiot_load_package      what decides; from here on the device runs
 *   aiot_push              samples, as they come
 *   aiot_step              until it returns AIOT_IDLE
 *   aiot_next_record       what is to be delivered; most urgent stream first
 *   aiot_acknowledge       when whoever wanted the records has stored them
 *
 * Delivery is at least once. What aiot_next_record gave and nobody acknowledged comes again after
 * aiot_rewind or a restart, with the same stream, sequence and bytes; (device, stream, sequence) is
 * the identity of a record. Only an acknowledgement frees a record, and it is durable when
 * aiot_acknowledge returns AIOT_OK.
 *
 * Results. Functions that return `int` give AIOT_OK or a positive value for success and one of
 * aiot_error, which is negative, otherwise. NULL, a structure of another size and a number out of
 * its range are AIOT_INVALID_ARGUMENT or AIOT_OUT_OF_RANGE; nothing has changed then.
 *
 * Memory. The library has no global state; a device uses no heap and nothing but the memory that it
 * was given. Pointers in a structure are read during the call only, unless its comment says so.
 *
 * Threads. There are no locks. Calls with one device, or with its store, do not overlap; there is
 * one exception: aiot_push and aiot_lost may be called from one other thread than the rest, between
 * the first aiot_load_package that returned AIOT_OK and aiot_deinit. Devices do not share anything.
 *
 * Structures begin with `struct_size`, which the caller sets to sizeof the structure, and have all
 * other members 0 where nothing is said:
 *
 *   aiot_config config = {0};
 *   config.struct_size = sizeof config;
 *
 * Later versions only append members, and 0 in them means what this version does. So a program runs
 * with any later libaiot.so of the same SONAME without being compiled again.
 *
 * A contract of the library that is broken inside (a bug of its own, or memory that was written
 * over) ends the process: one line on standard error, then abort(). To go on would risk records
 * that are on flash. A process that is started again loses nothing that was accepted.
 */
#ifndef AIOT_AIOT_H
#define AIOT_AIOT_H

#include <stddef.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-use-using,modernize-deprecated-headers):
 * this is C */

#if defined(__GNUC__)
#define AIOT_API __attribute__((visibility("default")))
#else
#define AIOT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- version and errors ------------------------------------------------------------------------
 */

/** Of this header. */
#define AIOT_VERSION_MAJOR 0
#define AIOT_VERSION_MINOR 1
#define AIOT_VERSION_PATCH 0
#define AIOT_VERSION_NUMBER \
  (AIOT_VERSION_MAJOR * 1000000 + AIOT_VERSION_MINOR * 1000 + AIOT_VERSION_PATCH)

/** AIOT_VERSION_NUMBER of the library that runs; the header's is what was compiled against. */
AIOT_API uint32_t aiot_version(void);

/** The same as text, "0.1.0". Never NULL; constant. */
AIOT_API const char* aiot_version_string(void);

/** Results below 0. The numbers never change. */
typedef enum aiot_error {
  AIOT_OK = 0,
  AIOT_INVALID_ARGUMENT = -1, /**< a value that can never be right */
  AIOT_OUT_OF_RANGE = -2,     /**< an index, offset or number outside what the object holds */
  AIOT_NO_SPACE = -3,         /**< buffer, memory, region or disk is too small */
  AIOT_EMPTY = -4,            /**< nothing there now */
  AIOT_WOULD_BLOCK = -5,      /**< try again later, nothing happened */
  AIOT_TIMEOUT = -6,          /**< the other side did not answer in time */
  AIOT_IO = -7,               /**< the store failed */
  AIOT_CORRUPT = -8,          /**< bytes that do not keep their format or checksum */
  AIOT_UNSUPPORTED = -9,      /**< well formed, but this version can not do it */
  AIOT_UNAUTHENTIC = -10,     /**< the hash does not match */
  AIOT_WRONG_STATE = -11      /**< right call, wrong moment */
} aiot_error;

/** Short English words for a result, for logs; success and unknown numbers have words, too. Never
 * NULL; constant. */
AIOT_API const char* aiot_strerror(int result);

/* --- the store ---------------------------------------------------------------------------------
 */

/** Streams of records, most urgent first. Each counts its own sequence, which never restarts. */
typedef enum aiot_stream {
  AIOT_STREAM_URGENT = 0,
  AIOT_STREAM_ROUTINE = 1,
  AIOT_STREAM_BULK = 2
} aiot_stream;

#define AIOT_STREAMS 3

/** Whole sectors of a store; bytes from its begin. Size 0: not used. */
typedef struct aiot_region {
  uint32_t offset;
  uint32_t size;
} aiot_region;

/**
 * Where records are kept: a flash device, or what behaves like one. aiot_directory_open fills this
 * in for a directory; fill it in yourself for a flash chip or partition.
 *
 * The functions get `context` as it is here and return AIOT_OK, AIOT_IO or another aiot_error
 * (anything else counts as AIOT_IO). They do not call aiot. They and `context` are used until
 * aiot_deinit, in the thread that called aiot.
 *
 * A power cut leaves the granule being programmed old, new or torn, or the sector being erased
 * undefined; nothing else changes. Bytes beyond the end are never asked for.
 */
typedef struct aiot_store {
  size_t struct_size;
  void* context;
  uint32_t size_bytes;    /**< whole device, a multiple of `sector_bytes` */
  uint32_t sector_bytes;  /**< erase unit */
  uint32_t page_bytes;    /**< largest single program; a program never crosses a page */
  uint32_t program_bytes; /**< write granule: offsets and sizes of programs are multiples */
  /** Of a device behind a write cache that a cut empties in any order: a random number, drawn each
   * time the device is opened; otherwise 0. */
  uint32_t session;
  uint8_t erased;    /**< value of an erased byte, 0x00 or 0xFF */
  uint8_t reprogram; /**< 1: bits of a written granule may be cleared again (plain NOR) */
  uint8_t overwrite; /**< 1: any byte can be written again without an erase (file, FRAM) */
  uint8_t reserved;  /**< 0 */
  /** `size` bytes from `offset` on into `out`. */
  int (*read)(void* context, uint32_t offset, void* out, size_t size);
  /** `size` bytes of `in` to `offset`; within one page, in whole granules. */
  int (*program)(void* context, uint32_t offset, const void* in, size_t size);
  /** The whole sector that begins at `offset`. */
  int (*erase)(void* context, uint32_t offset);
  /** What was programmed or erased before survives a power cut from here on. */
  int (*sync)(void* context);
  /** The records of each stream, at least 3 sectors; urgent has to be there, and whatever streams
   * the package uses. Never move a region while its records matter. */
  aiot_region queue[AIOT_STREAMS];
  aiot_region boot_record; /**< counts the starts; at least 3 sectors */
  aiot_region baseline; /**< what aiot_commission learnt; may be empty, else at least 3 sectors */
} aiot_store;

/** A store in a directory of Linux: preallocated, and locked against other processes. The command
 * `aiot queue inspect` reads it. */
typedef struct aiot_directory aiot_directory;

/** Bytes of memory for one, whatever their alignment. */
AIOT_API size_t aiot_directory_size(void);

/**
 * Opens the store in the directory `path`, or creates it there (and the last folder of `path`).
 *   memory, size   at least aiot_directory_size() bytes, until aiot_directory_close
 *   stream_bytes   space of each stream, rounded up to 4 KiB, 12 KiB to 512 MiB; 0: 1 MiB, about
 *                  20,000 decisions. The same as when the directory was created.
 *   store          filled in, for aiot_config; needs only its `struct_size`. Its context is the
 *                  directory: it ends with it.
 *   directory      the handle
 *   message        NULL, or [message_size]: when this fails, one line that says what is wrong and
 *                  what to do; else ""
 * Uses the heap, and files, as directories of Linux do.
 * Errors: AIOT_INVALID_ARGUMENT also: the store has streams of another size; AIOT_OUT_OF_RANGE
 * `stream_bytes`; AIOT_NO_SPACE `size`, or the disk is full; AIOT_WOULD_BLOCK another process, or a
 * handle of this one, has it open; AIOT_CORRUPT not a store, or a damaged one; AIOT_UNSUPPORTED of
 * a newer format; AIOT_IO permission, read-only, the disk.
 */
AIOT_API int aiot_directory_open(void* memory,
                                 size_t size,
                                 const char* path,
                                 uint32_t stream_bytes,
                                 aiot_store* store,
                                 aiot_directory** directory,
                                 char* message,
                                 size_t message_size);

/** Closes it; devices that use it were ended before. NULL, and one that is closed already, are
 * AIOT_INVALID_ARGUMENT. */
AIOT_API int aiot_directory_close(aiot_directory* directory);

/* --- the device --------------------------------------------------------------------------------
 */

/** What a stream does when it is full. */
typedef enum aiot_on_full {
  AIOT_DROP_OLDEST = 0,   /**< the oldest records go, and show as a gap */
  AIOT_REFUSE_NEWEST = 1, /**< windows that come then are lost; aiot_step says AIOT_NO_SPACE */
  AIOT_THIN_OUT = 2       /**< above 75 % every second record is left out; full: as drop oldest */
} aiot_on_full;

/** The machine that the sensor sits on. It is part of what a decision is traced to. */
typedef struct aiot_machine {
  size_t struct_size;
  const char* bearing_name; /**< designation, for people; NULL: none; at most 64 bytes */
  float speed_rpm;          /**< of the shaft, below 1e6; 0: not known */
  uint32_t balls;           /**< rolling elements of one row; 0: the bearing is not known */
  float ball_diameter;      /**< in any unit, the same as the pitch diameter's */
  float pitch_diameter;
  float contact_deg; /**< contact angle in degrees, 0 to below 90 */
  uint32_t reserved; /**< 0 */
} aiot_machine;

/** What a device has room for; 0 in a member: as said there. A package that needs more is refused
 * with AIOT_NO_SPACE. */
typedef struct aiot_limits {
  size_t struct_size;
  uint32_t package_bytes; /**< of a package, 64 to 64 MiB, two of which are kept; 0: 1 MiB */
  uint32_t window_frames; /**< of a window, 16 to 8192; 0: 8192 */
  uint32_t arena_bytes;   /**< for the network's activations, at most 1 GiB; 0: 4 MiB */
  uint32_t ring_frames;   /**< that wait for aiot_step, up to 2^24; 0: four windows */
  uint32_t bearing_views; /**< bands of a bearing that are looked at at once; 0: as many as exist */
  uint32_t reserved;      /**< 0 */
} aiot_limits;

/** Who the device is and what it works with. */
typedef struct aiot_config {
  size_t struct_size;
  /** Identity in every record: UTF-8 without control characters, 1 to 64 bytes. Never give two
   * stores one id. */
  const char* device_id;
  const char* site;             /**< where it stands; as above; NULL: not said */
  const char* firmware_version; /**< of your program; as above, at most 32 bytes; NULL: not said */
  const uint8_t* firmware_hash; /**< [32] SHA-256 of your program; NULL: not said */
  const aiot_store* store;
  const aiot_machine* machine;    /**< NULL: not known */
  const aiot_limits* limits;      /**< NULL: all 0 */
  float rate_hz;                  /**< frames per second; finite, above 0 */
  float scale;                    /**< m/s^2 per count; finite, above 0 */
  uint32_t axes;                  /**< samples per frame, 1 to 8 */
  uint32_t bits;                  /**< width of a sample, 2 to 16; the end codes mean saturation */
  uint32_t on_full[AIOT_STREAMS]; /**< aiot_on_full of each stream */
  uint32_t reserved;              /**< 0 */
} aiot_config;

/** A device, in memory of the caller. */
typedef struct aiot_device aiot_device;

/** Bytes of memory that aiot_init wants for `config`, whatever their alignment; 0: the limits or
 * the axes of `config` are none, or NULL. Only `axes` and `limits` count. With the defaults about 7
 * MiB for one axis, most of it touched only by packages that need it. */
AIOT_API size_t aiot_device_size(const aiot_config* config);

/**
 * Makes a device. Nothing is read from or written to the store yet.
 *   memory, size   at least aiot_device_size(config) bytes, until aiot_deinit; need not be cleared
 *   config         copied, with its texts, machine and limits; the store's functions and context
 *                  are used until aiot_deinit
 *   device         the handle, somewhere in `memory`; NULL after an error
 * Errors: AIOT_INVALID_ARGUMENT a member of `config` or what it points to; AIOT_NO_SPACE `size`;
 * AIOT_UNSUPPORTED a structure of a later version that asks for what this one does not know.
 */
AIOT_API int aiot_init(void* memory, size_t size, const aiot_config* config, aiot_device** device);

/** Ends a device; its memory is the caller's again. There is nothing to save: what was accepted is
 * durable. Errors: AIOT_INVALID_ARGUMENT no device, or one that has ended. */
AIOT_API int aiot_deinit(aiot_device* device);

/**
 * The model package that decides from here on: the bytes of an .aipk file, which are copied. The
 * first one starts the device: it mounts the store, counts the start and records the context, which
 * decisions refer to. Later ones take the place of the one before without a reset; samples, store
 * and sequences go on.
 *   now_us   as in aiot_step
 * Errors, and what ran before goes on: AIOT_CORRUPT not a package, or (first one) a damaged store;
 * AIOT_UNAUTHENTIC bytes were changed; AIOT_UNSUPPORTED of a later format, or for other kernels;
 * AIOT_INVALID_ARGUMENT it wants another number of axes, a stream without a region, a bearing or
 * speed that is not known, or rate, scale, machine or store are none; AIOT_OUT_OF_RANGE a rate or
 * speed at which it can not work, or a region outside of the store; AIOT_NO_SPACE more than
 * aiot_limits or the store have room for; AIOT_WOULD_BLOCK a record is still owed to the store, or
 * the machine is being commissioned: later; AIOT_IO.
 */
AIOT_API int aiot_load_package(aiot_device* device,
                               const void* package,
                               size_t size,
                               int64_t now_us);

/**
 * Samples of all axes, interleaved [frame][axis], as counts. They are copied.
 * Returns how many of the `frames` were taken: fewer, or 0, when aiot_step has to run first. Offer
 * the rest again, or tell of it with aiot_lost when the sensor does not wait.
 * Errors: AIOT_INVALID_ARGUMENT; AIOT_WRONG_STATE no package yet.
 */
AIOT_API int aiot_push(aiot_device* device, const int16_t* samples, size_t frames);

/** `frames` did not arrive between the last one that was pushed and the next. No window goes across
 * them, and the one behind them is marked. Errors: as above; AIOT_OUT_OF_RANGE more than 2^28 - 1:
 * call it several times.
 */
AIOT_API int aiot_lost(aiot_device* device, size_t frames);

/** What aiot_step did. */
typedef enum aiot_outcome {
  AIOT_IDLE = 0,    /**< there is no whole window */
  AIOT_QUIET = 1,   /**< a window, and nothing worth a record */
  AIOT_RECORDED = 2 /**< a window, and its record is durable */
} aiot_outcome;

/**
 * One bounded piece of work: at most one window, and the idle work of the store.
 *   now_us   microseconds since any moment of this process, 0 to 2^53, never less than before;
 *            CLOCK_MONOTONIC will do, or the time of the samples when a recording is replayed
 * Returns an aiot_outcome; while it is above 0 there may be more to do.
 * Errors of the call: AIOT_INVALID_ARGUMENT; AIOT_OUT_OF_RANGE `now_us`; AIOT_WRONG_STATE no
 * package yet. Any other error is of a part of the work, and counted in aiot_stats; the device goes
 * on, and a record that the store did not take is tried again by the next calls: AIOT_NO_SPACE a
 * stream is full and refuses, AIOT_IO the store failed.
 */
AIOT_API int aiot_step(aiot_device* device, int64_t now_us);

/**
 * What time it is: UTC was `unix_ms` milliseconds after 1970 at `now_us`, give or take
 * `uncertainty_ms`. The device then records which frame was taken when, so that whoever reads the
 * records can date all decisions of this start, those before this call included; without it
 * nothing is dated. Call it when the clock of the system is right (NTP has answered), after it was
 * set, and every hour or so. Samples count as pushed within 5 ms of being taken: if that takes
 * longer, add it to the uncertainty.
 *   now_us   as in aiot_step
 * Errors: AIOT_OUT_OF_RANGE `now_us`, or a time that is not within 1970 to 9999.
 */
AIOT_API int aiot_set_time(aiot_device* device,
                           int64_t now_us,
                           int64_t unix_ms,
                           uint32_t uncertainty_ms);

/**
 * Learns how the machine sounds while it is healthy from so many windows (snapshots, where the
 * package takes those), 6 to 1,000,000; ten minutes are a good measure. The result is kept in the
 * store and watched by from then on, also after restarts.
 * Errors: AIOT_OUT_OF_RANGE `observations`; AIOT_UNSUPPORTED the windows of the package are too
 * short, or the store has no region for it; AIOT_WRONG_STATE no package yet.
 */
AIOT_API int aiot_commission(aiot_device* device, uint32_t observations);

/* --- records out -------------------------------------------------------------------------------
 */

/** Kinds of records; SPEC.md, "Records". Later versions have more: pass on what you do not know. */
typedef enum aiot_kind {
  AIOT_KIND_UNKNOWN = -1, /**< not a record: whoever wrote this store is not aiot */
  AIOT_KIND_CONTEXT = 0,  /**< what decides: device, package, sensor, labels, by content */
  AIOT_KIND_DECISION = 1,
  AIOT_KIND_GAP = 2, /**< [first, last] were dropped or have become unreadable */
  AIOT_KIND_TIME = 3 /**< which frame was taken when; see aiot_set_time */
} aiot_kind;

/** What aiot_next_record gave. */
typedef struct aiot_record {
  size_t struct_size;
  uint64_t first; /**< sequence of the record in its stream */
  uint64_t last;  /**< the same; of a gap the last sequence that is missing */
  size_t size;    /**< bytes of the record in the buffer */
  int32_t stream; /**< aiot_stream */
  int32_t kind;   /**< aiot_kind, or a later one */
} aiot_record;

/**
 * The next record that was not given since the start or aiot_rewind, of the most urgent stream that
 * has one; in a stream in order. Gaps are records, too: nothing is missing between `last` of one
 * and `first` of the next.
 *   buffer   [size] gets the bytes, one CBOR item (SPEC.md, "Records"); aiot_max_record_size()
 *            bytes are enough for any
 *   record   filled in; needs only its `struct_size`; stays as it is when there is an error
 * Errors: AIOT_EMPTY none now; AIOT_NO_SPACE the buffer is too small, `record->size` bytes are
 * enough, the record stays; AIOT_IO; AIOT_WRONG_STATE no package yet.
 */
AIOT_API int aiot_next_record(aiot_device* device, void* buffer, size_t size, aiot_record* record);

/** Bytes of a buffer that holds any record of this device's store; 0: no package yet, or NULL. */
AIOT_API size_t aiot_max_record_size(const aiot_device* device);

/**
 * Whoever wanted them has stored the records of `stream` up to and with `sequence` (of a gap:
 * `last`), gaps included: they are not needed any more. Durable at AIOT_OK. A sequence that was
 * acknowledged before changes nothing. It may be one that was given before a restart.
 *
 * This is one durable write, and reads the records again for the chain of hashes (see
 * aiot_cursor): acknowledge a dozen or a hundred at a time rather than each.
 * Errors: AIOT_OUT_OF_RANGE no such record yet; AIOT_INVALID_ARGUMENT `stream`; AIOT_UNSUPPORTED
 * the stream has no region; AIOT_NO_SPACE a full stream that refuses has no room for the note:
 * acknowledge more; AIOT_IO, nothing is acknowledged; AIOT_WRONG_STATE no package yet.
 */
AIOT_API int aiot_acknowledge(aiot_device* device, int32_t stream, uint64_t sequence);

/** aiot_next_record begins again with the oldest records that are not acknowledged: for a link that
 * was lost with records on their way. Errors: AIOT_WRONG_STATE no package yet. */
AIOT_API int aiot_rewind(aiot_device* device);

/** Where the acknowledged part of a stream ends. */
typedef struct aiot_cursor {
  size_t struct_size;
  uint64_t next; /**< records below this are acknowledged */
  /** Head of the chain: the first 16 bytes of SHA-256(head before | the bytes of the records that
   * aiot_acknowledge covered, in order, as aiot_next_record gives them); zeros at first. Whoever
   * keeps the records can prove with it that none was changed, left out or added; nobody has to
   * (SPEC.md, "Batches and acknowledgements"). */
  uint8_t hash[16];
} aiot_cursor;

/** Errors: AIOT_INVALID_ARGUMENT `stream`; AIOT_WRONG_STATE no package yet. */
AIOT_API int aiot_get_cursor(const aiot_device* device, int32_t stream, aiot_cursor* cursor);

#define AIOT_MAX_FEATURES 64

/** A label that is not known: the windows do not agree (yet). */
#define AIOT_LABEL_UNKNOWN 255

/** What a decision record says; its reasons are in the bytes. */
typedef struct aiot_decision {
  size_t struct_size;
  uint64_t sequence;
  uint64_t frame;     /**< index of the window's first frame since the start of its context */
  int32_t stream;     /**< aiot_stream */
  int32_t label;      /**< index into the labels of its context, or AIOT_LABEL_UNKNOWN */
  float confidence;   /**< 0 to 255/256 */
  uint32_t flags;     /**< SPEC.md, "Decision" */
  uint8_t context[8]; /**< id of the context record that it refers to */
  uint32_t features;  /**< how many of `feature` there are */
  float feature[AIOT_MAX_FEATURES]; /**< in the units that the context names */
  uint32_t reserved;
} aiot_decision;

/** Reads the bytes of a decision record. Needs no device.
 * Errors: AIOT_UNSUPPORTED another kind of record; AIOT_CORRUPT, AIOT_OUT_OF_RANGE none at all. */
AIOT_API int aiot_read_decision(const void* record, size_t size, aiot_decision* decision);

/** Name of a label of the package that is loaded; "" when there is none. Never NULL; until the next
 * aiot_load_package. Decisions of older contexts may be of another package. */
AIOT_API const char* aiot_label(const aiot_device* device, int32_t label);

/* --- statistics --------------------------------------------------------------------------------
 */

/** What the device did since aiot_init. Counters only rise. */
typedef struct aiot_stats {
  size_t struct_size;
  uint64_t frames;          /**< that went through, lost ones included */
  uint64_t windows;         /**< that were decided */
  uint64_t records;         /**< that the store accepted, contexts included */
  uint64_t gaps;            /**< runs of lost samples */
  uint64_t waiting;         /**< records in the store that are not acknowledged, gaps included */
  uint32_t starts;          /**< of this store, this one included; ever */
  uint32_t pipeline_errors; /**< windows without a decision, or without an accepted record */
  uint32_t store_errors;    /**< of the idle work */
  int32_t last_error;       /**< aiot_error of the newest failure; AIOT_OK: none */
  uint32_t commissioning;   /**< 1: the machine's healthy state is being learnt */
  uint32_t has_baseline;    /**< 1: it is known, and watched by */
} aiot_stats;

/** Errors: AIOT_WRONG_STATE no package yet. */
AIOT_API int aiot_get_stats(const aiot_device* device, aiot_stats* stats);

/** What a stream holds and what became of its records. */
typedef struct aiot_stream_stats {
  size_t struct_size;
  uint64_t next_sequence;        /**< records accepted ever */
  uint64_t first_unacknowledged; /**< records acknowledged ever, gaps included */
  uint64_t oldest_sequence;      /**< no record below this is in the store any more */
  uint64_t dropped;              /**< gone before they were acknowledged; ever */
  uint32_t refused;              /**< records that a full stream did not take, since the start */
  uint32_t thinned;              /**< records that were left out, since the start */
  uint32_t sectors;              /**< of the region */
  uint32_t used_sectors;
  uint32_t bad_sectors; /**< could not be erased or programmed, since the start */
  uint32_t erase_count; /**< of the newest sector */
} aiot_stream_stats;

/** All 0 for a stream without a region. Errors: AIOT_INVALID_ARGUMENT `stream`; AIOT_WRONG_STATE no
 * package yet. */
AIOT_API int aiot_get_stream_stats(const aiot_device* device,
                                   int32_t stream,
                                   aiot_stream_stats* stats);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* NOLINTEND(readability-identifier-naming,modernize-use-using,modernize-deprecated-headers) */

#endif /* AIOT_AIOT_H */
