// How the words of a sentence stand to its target: the rules of stancekit/features/syntax.py, one by one the same.
#pragma once

#include <algorithm>

#include "reader.hpp"

namespace stancekit {

constexpr double NEGATED = -0.5;
constexpr double FURTHER = 0.6;

struct Relation {
    Kind kind;
    int word;
    double rating, weight;
    bool negated;
};

enum Voice : uint8_t { NO_VERB, ACTIVE, PASSIVE, ING };

class Reading {
  public:
    Reading(const Reader& reader, const Sentence& sentence, const std::vector<const Info*>& infos)
        : reader_(reader), ids_(sentence.ids), infos_(infos), n_(static_cast<int>(sentence.ids.size())) {}

    void read(std::vector<Relation>& found) {
        found.clear();
        found_ = &found;
        voices_.assign(n_, NO_VERB);
        for (int index = 0; index < n_; ++index)
            if (infos_[index]->verb != NONE) voices_[index] = voice(index, reader_.verbs[infos_[index]->verb]);
        for (int place = 0; place < n_; ++place)
            if (is(place, TARGET)) around(place);
    }

  private:
    bool inside(int index) const { return index >= 0 && index < n_; }
    bool has(int index, uint32_t flags) const { return inside(index) && (infos_[index]->flags & flags); }
    bool is(int index, Special token) const { return inside(index) && ids_[index] == reader_.special[token]; }
    bool is_verb(int index) const { return inside(index) && voices_[index] != NO_VERB; }
    Voice voiced(int index) const { return inside(index) ? static_cast<Voice>(voices_[index]) : NO_VERB; }
    const RoleWord& verb(int index) const { return reader_.verbs[infos_[index]->verb]; }
    const RoleWord* noun(int index) const {
        return inside(index) && infos_[index]->noun != NONE ? &reader_.nouns[infos_[index]->noun] : nullptr;
    }
    const RoleWord* adjective(int index) const {
        return inside(index) && infos_[index]->adjective != NONE ? &reader_.adjectives[infos_[index]->adjective] : nullptr;
    }
    const RoleWord* described(int index) const {
        const RoleWord* known = adjective(index);
        return known ? known : noun(index);
    }

    int before(int index) const {
        --index;
        while (index >= 0 && (infos_[index]->flags & ADVERB)) --index;
        return index;
    }

    int after(int index) const {
        while (index < n_ && (infos_[index]->flags & ADVERB)) ++index;
        return index;
    }

    // -- verbs

    uint8_t voice(int index, const RoleWord& known) const {
        const int previous = before(index), following = index + 1;
        if (known.tags & (PARTICIPLE | PAST)) {
            if ((known.tags & PARTICIPLE) && has(previous, BE)) return PASSIVE;
            if (has(previous, HAVE)) return ACTIVE;
            if ((known.tags & PARTICIPLE) && is(following, BY)) return PASSIVE;
            if (has(previous, DETERMINER) || is(previous, OWN) || is(previous, NUMBER)) return NO_VERB;
            if (!(known.tags & (PAST | BASE | THIRD))) return PASSIVE;
            if (known.tags & PAST) {
                if (has(previous, PREPOSITION) && !is(previous, AS) && !is(previous, TO)) return NO_VERB;
                if (!(known.tags & BASE)) return ACTIVE;
            }
        }
        if (known.tags & GERUND) return has(previous, DETERMINER) || is(previous, OWN) ? NO_VERB : ING;
        if (known.tags & BASE) return base(previous, following);
        return known.tags & THIRD ? third_person(previous, following) : static_cast<uint8_t>(NO_VERB);
    }

    uint8_t base(int previous, int following) const {
        const bool opening = has(following, DETERMINER | NAMELIKE);
        if (has(previous, MODAL | DO | PRONOUN | NAMELIKE) || is(previous, TO)) return ACTIVE;
        if (is(previous, AND) && opening) return ACTIVE;
        if (has(previous, DETERMINER | PREPOSITION) || is(previous, OWN)) return NO_VERB;
        return has(previous, ENDS_IN_S) && (opening || has(following, PREPOSITION)) ? ACTIVE : NO_VERB;
    }

    uint8_t third_person(int previous, int following) const {
        if (has(previous, NAMELIKE | PRONOUN) || is(previous, AND) || is(previous, COMMA)) return ACTIVE;
        const bool opening = has(following, DETERMINER | NAMELIKE) || is(following, TO) || is(following, THAT) ||
                             is(following, IT) || is(following, THEM) || is(following, HIM);
        const bool nominal = has(previous, PREPOSITION | DETERMINER) || is(previous, OWN);
        return opening && !nominal ? ACTIVE : NO_VERB;
    }

    // -- relations

    void around(int place) {
        const int start = modifiers(place);
        bool subject = true;
        if (has(start, PREPOSITION) && !is(start, THAN) && !(has(start, CONJUNCTION) && opens_clause(place))) {
            subject = false;
            after_preposition(start);
        } else if (is_verb(start) && !opens_clause(place)) {
            if (voices_[start] != PASSIVE) {
                subject = false;
                add(reader_.kinds[DOBJ], start, &verb(start), verb(start).done);
                blamed_for(place);
            }
        }
        rightward(place, subject);
    }

    void add(const Kind& kind, int index, const RoleWord* word, double rating = 0.0, double weight = 1.0) {
        const bool negated = is_negated(index);
        found_->push_back({kind, word ? word->lemma : ids_[index], negated ? rating * NEGATED : rating, weight, negated && word});
    }

    bool is_negated(int index) const {
        for (int back = index - 1; back > std::max(-1, index - 5); --back) {
            if (has(back, NEGATOR)) return true;
            if (has(back, SCOPE_END) || is(back, AND) || is_verb(back)) return false;
        }
        return false;
    }

    int modifiers(int place) {
        int index = place - 1, joined = 0, passed = 0;
        while (index >= 0) {
            if (has(index, DETERMINER) || is(index, NUMBER)) {
                --index;
            } else if (has(index, JOINT) && index > 0 && has(index - 1, NAMELIKE) && joins(index, place, joined)) {
                index -= 2;
                ++joined;
            } else if (passed < 2 && is_plain(index)) {
                const RoleWord* known = described(index);
                if (known || passed == 0) add(reader_.kinds[MOD], index, known, known ? known->about : 0.0);
                --index;
                ++passed;
            } else if (passed < 2 && voiced(index) == ING && has(index - 1, DETERMINER)) {
                --index;
                ++passed;
            } else {
                break;
            }
        }
        return index;
    }

    bool joins(int index, int place, int joined) const {
        return joined < 4 && (!is(index, COMMA) || joined > 0 || has(place + 1, JOINT));
    }

    bool is_plain(int index) const {
        return has(index, ALPHA) && !is_verb(index) && !has(index, PREPOSITION | AUXILIARY | PRONOUN | LINKER);
    }

    bool opens_clause(int place) const {
        const int index = after(place + 1);
        if (has(index, AUXILIARY)) return true;
        return voiced(index) == ACTIVE && !(verb(index).tags & BASE);
    }

    static const Kind& of(const std::unordered_map<int, Kind>& kinds, int preposition) {
        static const Kind unnamed;
        const auto found = kinds.find(preposition);
        return found == kinds.end() ? unnamed : found->second;
    }

    void after_preposition(int at) {
        const int preposition = ids_[at], index = at - 1;
        if (index >= 0 && has(index, ALPHA) && !has(index, PREPOSITION) && !is_verb(index)) {
            const RoleWord *named = noun(index), *called = adjective(index);
            double rating = 0.0;
            if (named)
                rating = has(at, AGENT) ? named->doer : named->done;
            else if (called)
                rating = called->about;
            add(of(reader_.n_kinds, preposition), index, named ? named : called, rating);
        }
        for (int back = index; back > std::max(-1, index - 9); --back) {
            if (has(back, BREAK)) return;
            if (!is_verb(back)) continue;
            const RoleWord& word = verb(back);
            if (is(at, BY) && voices_[back] != PASSIVE) continue;
            if (is(at, BY))
                add(reader_.kinds[BY_KIND], back, &word, word.doer);
            else
                add(index - back <= 3 ? of(reader_.pobj_kinds, preposition) : reader_.kinds[POBJ], back, &word, word.done,
                    index - back <= 1 ? 1.0 : 0.5);
            return;
        }
    }

    void blamed_for(int place) {
        for (int index = place + 1; index < std::min(n_ - 1, place + 4); ++index) {
            if (is(index, TO) && is_verb(index + 1)) {
                add(reader_.kinds[COMP_TO], index + 1, &verb(index + 1), verb(index + 1).doer, 0.5);
                return;
            }
            if (!is(index, OF) && !is(index, FOR) && !is(index, FROM)) continue;
            const int start = after(index + 1);
            if (voiced(start) == ING) {
                add(of(reader_.comp_kinds, ids_[index]), start, &verb(start), verb(start).doer);
                return;
            }
            for (int ahead = start; ahead < std::min(n_, start + 4); ++ahead)
                if (const RoleWord* named = noun(ahead)) {
                    add(of(reader_.compn_kinds, ids_[index]), ahead, named, named->doer);
                    return;
                }
            return;
        }
    }

    void rightward(int place, bool subject) {
        int index = past_joined(place + 1);
        double weight = 1.0;
        if (is(index, OWN)) {
            index = possessions(index);
            weight = FURTHER;
        } else if (noun(index) && !is_verb(index)) {
            add(reader_.kinds[POSS], index, noun(index), noun(index)->doer);
            ++index;
            weight = FURTHER;
        }
        if (is(index, COMMA)) index = inserted(index);
        if (subject)
            deeds(index, weight, n_);
        else if (has(index, RELATIVE))
            deeds(index, 1.0, n_);
        else if (voiced(index) == ING)
            add(reader_.kinds[SUBJ], index, &verb(index), verb(index).doer, FURTHER);
    }

    int past_joined(int index) const {
        for (int step = 0; step < 4; ++step) {
            if (!has(index, JOINT)) break;
            if (has(index + 1, NAMELIKE) && (!is(index, COMMA) || has(index + 2, JOINT)))
                index += 2;
            else if (has(index + 1, DETERMINER) && has(index + 2, NAMELIKE))
                index += 3;
            else
                break;
        }
        return index;
    }

    int possessions(int start) {
        int index = start + 1;
        while (index < std::min(n_, start + 6) && is_plain(index)) {
            if (const RoleWord* named = noun(index))
                add(reader_.kinds[POSS], index, named, named->doer);
            else if (const RoleWord* called = adjective(index))
                add(reader_.kinds[POSSMOD], index, called, called->about);
            ++index;
        }
        if (index > start + 1 && !noun(index - 1)) add(reader_.kinds[POSS], index - 1, nullptr);
        return index;
    }

    int inserted(int start) {
        const int index = start + 1;
        int close = NONE;
        for (int ahead = index; ahead < std::min(n_, index + 18); ++ahead)
            if (is(ahead, COMMA)) {
                close = ahead;
                break;
            }
        const bool relative = has(index, RELATIVE);
        const bool apposed = is(index, A) || is(index, AN) || is(index, THE) || is(index, ONE);
        if (apposed)
            for (int ahead = index; ahead < std::min(n_, index + 8) && !is(ahead, COMMA); ++ahead)
                if (const RoleWord* known = described(ahead)) add(reader_.kinds[APP], ahead, known, known->about);
        if (relative) deeds(index, 1.0, close != NONE ? close : n_);
        if (close != NONE && (relative || apposed)) return close + 1;
        if (is_verb(index) && voices_[index] != ACTIVE) {
            const bool ing = voices_[index] == ING;
            add(reader_.kinds[ing ? SUBJ : PSUBJ], index, &verb(index), ing ? verb(index).doer : verb(index).done, FURTHER);
        }
        return start;
    }

    void deeds(int start, double weight, int end) {
        end = std::min(end, start + 40);
        int main = NONE, index = start;
        while (index < end) {
            if (has(index, BREAK) || is(index, QUOTE)) return;
            if (main == NONE) {
                if (index - start > 9 || is_other_subject(index, start)) return;
                if (has(index, BE)) {
                    int ahead = index + 1;
                    while (ahead < end && (has(ahead, ADVERB) || is(ahead, BEING) || is(ahead, BEEN))) ++ahead;
                    if (voiced(ahead) == PASSIVE || voiced(ahead) == ING) {
                        index = ahead;
                        continue;
                    }
                    copula(index, weight, end);
                    main = index;
                } else if (is_verb(index)) {
                    deed(index, weight);
                    main = index;
                }
            } else if (begins_clause(index, end)) {
                return;
            } else if (is_verb(index)) {
                further_deed(index, weight);
            } else if (has(index, CLAUSE) && (!is(index, THAT) || index - main < 3)) {
                return;
            }
            ++index;
        }
    }

    void deed(int index, double weight) {
        const RoleWord& word = verb(index);
        if (voices_[index] == PASSIVE)
            add(reader_.kinds[PSUBJ], index, &word, word.done, weight);
        else
            add(reader_.kinds[SUBJ], index, &word, word.doer, weight);
    }

    void further_deed(int index, double weight) {
        const int back = before(index);
        const bool ing = voices_[index] == ING;
        if (ing && (is(back, TO) || (is_verb(back) && !is_phase(verb(back))))) return;
        bool joined = is(back, TO) || is(back, AND) || is(back, OR) || is(back, COMMA) || is(back, BUT);
        if (has(back, BE | HAVE | MODAL)) {
            const int further = before(back);
            joined = is(further, AND) || is(further, OR) || is(further, BUT) || is(further, COMMA);
        }
        if (joined || (ing && !has(back, PREPOSITION)))
            deed(index, weight * FURTHER);
        else if (ing && (is(back, FOR) || is(back, BY) || is(back, OF) || is(back, IN) || is(back, AFTER) || is(back, BEFORE) ||
                         is(back, FROM) || is(back, WITHOUT)))
            deed(index, weight / 2);
    }

    bool is_phase(const RoleWord& word) const { return (reader_.infos[word.lemma].flags & PHASE) != 0; }

    bool is_other_subject(int index, int start) const {
        if (index == start || !(has(index, NAMELIKE) || (has(index, PRONOUN) && !has(index, RELATIVE)))) return false;
        return !has(index - 1, PREPOSITION) && !has(index - 1, DETERMINER) && !is(index - 1, AND);
    }

    bool begins_clause(int index, int end) const {
        if (!has(index, NAMELIKE | PRONOUN)) return false;
        const int ahead = after(index + 1);
        if (ahead >= end) return false;
        return voiced(ahead) == ACTIVE || has(ahead, BE | HAVE | MODAL);
    }

    void copula(int index, double weight, int end) {
        for (int ahead = index + 1; ahead < std::min(end, index + 7); ++ahead) {
            if (is(ahead, COMMA) || (has(ahead, PREPOSITION) && !is(ahead, AS) && !is(ahead, OF) && !is(ahead, FOR))) return;
            if (voiced(ahead) == ACTIVE) return;
            if (const RoleWord* known = described(ahead)) {
                add(reader_.kinds[IS], ahead, known, known->about, weight);
                return;
            }
        }
    }

    const Reader& reader_;
    const std::vector<int>& ids_;
    const std::vector<const Info*>& infos_;
    int n_;
    std::vector<uint8_t> voices_;
    std::vector<Relation>* found_ = nullptr;
};

}  // namespace stancekit
