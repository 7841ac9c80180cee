// What all models of one kind share: the words, and sentences cut into tokens without names.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <array>
#include <map>
#include <memory>
#include <unordered_map>

#include "vocabulary.hpp"

namespace stancekit {

// Tokens that rules name, in the order of `TOKENS` in stancekit/compiled.py.
enum Special {
    TARGET, NAME, NUMBER, DATE, OWN, COMMA, QUOTE, AND, BY, TO, THAT, THAN, OF, FOR, FROM, AS, IN, AFTER, BEFORE,
    WITHOUT, OR, BUT, IT, THEM, HIM, A, AN, THE, ONE, BEING, BEEN, QUESTION, EXCLAMATION, MAY, MARCH, SPECIALS
};

// Kinds of relation that do not hang on a preposition, in the order of `KINDS` in stancekit/compiled.py.
enum FixedKind { SUBJ, PSUBJ, DOBJ, BY_KIND, POBJ, POSS, POSSMOD, MOD, IS, APP, COMP_TO, FIXED_KINDS };

class Reader {
  public:
    Vocabulary words;
    std::vector<Info> infos;
    std::vector<RoleWord> verbs, nouns, adjectives;
    std::array<int, SPECIALS> special{};
    std::array<Kind, FIXED_KINDS> kinds{};
    std::unordered_map<int, Kind> n_kinds, pobj_kinds, comp_kinds, compn_kinds;
    int any_plus = NONE, any_minus = NONE, other_word = NONE;
    // Names of sums: by part of speech, role and sign; the same by side of the target; of frames; of polarity.
    int word_sums[3][3][2], side_sums[2][3][3][2], frame_sums[2], polarity_sums[2][6];
    // Marks of groups without a name, by actor_id.
    std::unordered_map<std::string, int> groups;
    std::vector<int> stem_sizes;
    // For every word and every size of stems: the word that it is cut to, or NONE.
    std::vector<std::vector<int>> stems;

    void flag(int set, int id) { member(id) |= 1u << set; }
    void rate(int id, double rating) { ratings_[id] = rating; }

    void reading(int part, int id, const RoleWord& word) {
        auto& list = part == 0 ? verbs : part == 1 ? nouns : adjectives;
        places_[part][id] = static_cast<int>(list.size());
        list.push_back(word);
    }

    Kind kind(const std::string& name) {
        return {words.add(name), words.add(name + "+"), words.add(name + "-")};
    }

    void name_sums() {
        static const char* PARTS[] = {"V", "N", "A"};
        static const char* ROLES[] = {"doer", "done", "about"};
        static const char* SIGNS[] = {"-", "+"};
        static const char* SIDES[] = {"L ", "R "};
        for (int part = 0; part < 3; ++part)
            for (int role = 0; role < 3; ++role)
                for (int sign = 0; sign < 2; ++sign) {
                    const std::string name = std::string(PARTS[part]) + ROLES[role] + SIGNS[sign];
                    word_sums[part][role][sign] = words.add(name);
                    for (int side = 0; side < 2; ++side) side_sums[side][part][role][sign] = words.add(SIDES[side] + name);
                }
        frame_sums[0] = words.add("H");
        frame_sums[1] = words.add("T");
        for (int sign = 0; sign < 2; ++sign) {
            const std::string mark = SIGNS[sign];
            int column = 0;
            for (const std::string& name : {mark, "L" + mark, "R" + mark, "L" + mark + " near", "R" + mark + " near", mark + " near"})
                polarity_sums[sign][column++] = words.add(name);
        }
        any_plus = words.add("ANY+");
        any_minus = words.add("ANY-");
        other_word = words.add("W");
    }

    void use_stems(int size) {
        for (int known : stem_sizes)
            if (known == size) return;
        stem_sizes.push_back(size);
    }

    // To be called when all words are in.
    void finish() {
        infos.assign(words.size(), Info());
        stems.assign(stem_sizes.size(), std::vector<int>(words.size(), NONE));
        for (int id = 0; id < static_cast<int>(words.size()); ++id) {
            infos[id] = describe(words.word(id), id);
            for (size_t k = 0; k < stem_sizes.size(); ++k)
                if (infos[id].longer) stems[k][id] = words.find(cut(words.word(id), stem_sizes[k]));
        }
        for (int id = 0; id < static_cast<int>(words.size()); ++id) infos[id].pattern = pattern_of(id, infos[id]);
    }

    // The first letters of a word in UTF-8.
    static std::string_view cut(const std::string& word, int size) {
        size_t end = 0;
        for (int letters = 0; letters < size && end < word.size(); ++letters) {
            ++end;
            while (end < word.size() && (word[end] & 0xC0) == 0x80) ++end;
        }
        return {word.data(), end};
    }

    static Py_UCS4 first_letter(const std::string& word) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(word.data());
        if (bytes[0] < 0x80) return bytes[0];
        if (bytes[0] < 0xE0) return (bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu);
        if (bytes[0] < 0xF0) return (bytes[0] & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
        return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3Fu) << 12 | (bytes[2] & 0x3Fu) << 6 | (bytes[3] & 0x3Fu);
    }

    // What the letters of a word say; for words of the vocabulary, what the lists say as well.
    Info describe(const std::string& word, int id) const {
        Info info;
        if (word.empty()) return info;
        size_t letters = 0;
        for (unsigned char byte : word) letters += (byte & 0xC0) != 0x80;
        if (Py_UNICODE_ISALPHA(first_letter(word))) info.flags |= ALPHA;
        info.longer = (info.flags & ALPHA) && letters > 3;
        if (word.back() == 's') info.flags |= ENDS_IN_S;
        if (letters > 4 && word.size() > 1 && word.compare(word.size() - 2, 2, "ly") == 0) info.flags |= LY | ADVERB;
        if (word[0] == '<') info.flags |= NAMELIKE;
        if (id == NONE) return info;
        if (id == special[NUMBER] || id == special[DATE]) info.flags &= ~NAMELIKE;
        if (id < static_cast<int>(members_.size())) info.flags |= members_[id];
        const auto rated = ratings_.find(id);
        if (rated != ratings_.end()) info.polarity = rated->second;
        int* held[3] = {&info.verb, &info.noun, &info.adjective};
        bool rated_yet = false, framed = false;
        for (int part = 0; part < 3; ++part) {
            const auto place = places_[part].find(id);
            if (place == places_[part].end()) continue;
            *held[part] = place->second;
            const RoleWord& known = (part == 0 ? verbs : part == 1 ? nouns : adjectives)[place->second];
            info.says = info.says || known.says();
            if (!framed && known.frame) {
                info.frame = known.frame;
                framed = true;
            }
            const double values[3] = {known.doer, known.done, part == 0 ? 0.0 : known.about};
            if (!rated_yet && (values[0] != 0 || values[1] != 0 || values[2] != 0)) {
                rated_yet = true;
                info.rated_part = static_cast<uint8_t>(part);
                for (uint8_t role = 0; role < 3; ++role)
                    if (values[role] != 0) {
                        info.rated_role[info.n_rated] = role;
                        info.rated[info.n_rated++] = values[role];
                    }
            }
        }
        return info;
    }

    // What stands for a word in patterns: `_class` of stancekit/features/role_templates.py.
    int pattern_of(int id, const Info& info) const {
        if ((info.flags & KEPT) || !(info.flags & ALPHA)) return id;
        if (info.verb != NONE) {
            const RoleWord& verb = verbs[info.verb];
            if (verb.doer != 0 || verb.done != 0) return words.find(std::string("V") + sign(verb.doer) + sign(verb.done));
            return words.find("V");
        }
        if (info.noun != NONE) {
            const RoleWord& noun = nouns[info.noun];
            if (noun.doer != 0 || noun.done != 0 || noun.about != 0)
                return words.find(std::string("N") + sign(noun.doer) + sign(noun.done) + sign(noun.about));
        }
        if (info.adjective != NONE && adjectives[info.adjective].about != 0)
            return words.find(std::string("A") + sign(adjectives[info.adjective].about));
        if (info.flags & (DETERMINER | LY)) return PASSED_OVER;
        return other_word;
    }

    static constexpr int PASSED_OVER = -2;

  private:
    static const char* sign(double value) { return value > 0 ? "+" : value < 0 ? "-" : "0"; }

    uint32_t& member(int id) {
        if (id >= static_cast<int>(members_.size())) members_.resize(id + 1024, 0);
        return members_[id];
    }

    std::vector<uint32_t> members_;
    std::unordered_map<int, double> ratings_;
    std::unordered_map<int, int> places_[3];
};

// A masked sentence: its tokens as numbers. Words that no list knows are numbered beyond the vocabulary.
struct Sentence {
    std::vector<int> ids;
    std::vector<std::string> unknown;
    std::vector<Info> unknown_infos;
    std::vector<std::vector<int>> unknown_stems;

    void clear() {
        ids.clear();
        unknown.clear();
        unknown_infos.clear();
        unknown_stems.clear();
    }
};

}  // namespace stancekit
