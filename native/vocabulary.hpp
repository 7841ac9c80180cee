// Words as numbers, with what the templates ask of each, looked up once per token.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stancekit {

constexpr int NONE = -1;

inline uint64_t hash_bytes(const char* data, size_t size) {
    uint64_t hash = 0x9E3779B97F4A7C15ull ^ size;
    while (size >= 8) {
        uint64_t piece;
        std::memcpy(&piece, data, 8);
        hash = (hash ^ piece) * 0xFF51AFD7ED558CCDull;
        hash ^= hash >> 32;
        data += 8;
        size -= 8;
    }
    uint64_t rest = 0;
    std::memcpy(&rest, data, size);
    hash = (hash ^ rest) * 0xC4CEB9FE1A85EC53ull;
    return hash ^ (hash >> 29);
}

// Sets of words that the Python modules name; the order is that of `SETS` in stancekit/compiled.py.
enum Flag : uint32_t {
    BE = 1u << 0,
    HAVE = 1u << 1,
    DO = 1u << 2,
    MODAL = 1u << 3,
    DETERMINER = 1u << 4,
    PREPOSITION = 1u << 5,
    PRONOUN = 1u << 6,
    RELATIVE = 1u << 7,
    ADVERB = 1u << 8,
    NEGATOR = 1u << 9,
    SCOPE_END = 1u << 10,
    BREAK = 1u << 11,
    JOINT = 1u << 12,
    CLAUSE = 1u << 13,
    AGENT = 1u << 14,
    CONJUNCTION = 1u << 15,
    STOP = 1u << 16,
    DATE_WORD = 1u << 17,
    OFFICE = 1u << 18,
    ACRONYM = 1u << 19,
    BODY = 1u << 20,
    FORM = 1u << 21,
    SIDE = 1u << 22,
    PARTICLE = 1u << 23,
    FOREIGN = 1u << 24,
    COMMON = 1u << 25,
    PHASE = 1u << 26,
    LINKER = 1u << 27,
    // Worked out from the letters.
    ALPHA = 1u << 28,
    ENDS_IN_S = 1u << 29,
    NAMELIKE = 1u << 30,
    LY = 1u << 31,
};
constexpr int SETS = 28;
constexpr uint32_t AUXILIARY = BE | HAVE | DO | MODAL;
constexpr uint32_t KEPT = PREPOSITION | AUXILIARY | NEGATOR | PRONOUN;

// What a form of a verb can be: base, third person, past, participle, gerund.
enum Tag : uint8_t { BASE = 1, THIRD = 2, PAST = 4, PARTICIPLE = 8, GERUND = 16 };

struct RoleWord {
    int lemma = NONE;
    uint8_t tags = 0;
    double doer = 0, done = 0, about = 0;
    uint8_t frame = 0;  // 1 humanitarian, 2 tactical
    bool says() const { return doer != 0 || done != 0 || about != 0 || frame != 0; }
};

struct Info {
    uint32_t flags = 0;
    bool longer = false;     // more than three letters, the first of them alphabetic: it has a stem
    bool says = false;       // the role lexicon rates or marks one of its readings
    uint8_t frame = 0;       // of the first reading that is marked
    uint8_t n_rated = 0;
    uint8_t rated_part = 0;  // of the first reading that is rated: 0 verb, 1 noun, 2 adjective
    int verb = NONE, noun = NONE, adjective = NONE;
    int pattern = NONE;      // what stands for it in patterns; NONE for words that are passed over
    double polarity = NAN;
    uint8_t rated_role[3] = {0, 0, 0};  // 0 doer, 1 done, 2 about
    double rated[3] = {0, 0, 0};
};

class Vocabulary {
  public:
    Vocabulary() : slots_(1 << 16, NONE) {}

    int find(std::string_view word) const {
        const size_t mask = slots_.size() - 1;
        const uint64_t hash = hash_bytes(word.data(), word.size());
        for (size_t slot = hash & mask;; slot = (slot + 1) & mask) {
            const int id = slots_[slot];
            if (id == NONE) return NONE;
            if (hashes_[id] == hash && words_[id] == word) return id;
        }
    }

    int add(std::string_view word) {
        const int known = find(word);
        if (known != NONE) return known;
        if ((words_.size() + 1) * 2 > slots_.size()) grow();
        const int id = static_cast<int>(words_.size());
        words_.emplace_back(word);
        hashes_.push_back(hash_bytes(word.data(), word.size()));
        place(id);
        return id;
    }

    size_t size() const { return words_.size(); }
    const std::string& word(int id) const { return words_[id]; }

  private:
    void place(int id) {
        const size_t mask = slots_.size() - 1;
        size_t slot = hashes_[id] & mask;
        while (slots_[slot] != NONE) slot = (slot + 1) & mask;
        slots_[slot] = id;
    }

    void grow() {
        slots_.assign(slots_.size() * 2, NONE);
        for (int id = 0; id < static_cast<int>(words_.size()); ++id) place(id);
    }

    std::deque<std::string> words_;
    std::vector<uint64_t> hashes_;
    std::vector<int> slots_;
};

// A kind of relation, with the names of its sums.
struct Kind {
    int name = NONE, plus = NONE, minus = NONE;
};

}  // namespace stancekit
