// Feature templates over masked sentences, and decisions: the sums of stancekit/features, in one pass over each row.
#pragma once

#include "syntax.hpp"

namespace stancekit {

// The order is that of `TEMPLATES` in stancekit/compiled.py.
enum Type { PHRASES, SIDES_OF, NEAR_TARGET, LEXICON, ROLES, ROLE_SUMS, SIDE_SUMS, WORD_SUMS, FRAME_SUMS, PATTERNS, QUOTED, TYPES };

struct Template {
    Type type;
    int shortest = 1, longest = 1, stem = 0;
    double reach = 1.0, scale = 1.0;
    bool negation = false, free = false;
    int stem_place = NONE;
};

// Marks before the words of a key.
enum Prefix : uint64_t { PLAIN, NOT_MARK, LEFT, RIGHT, LEFT_NOT, RIGHT_NOT, FREE_OUT, FREE_IN, HELD_OUT, HELD_IN };

// A feature within a model, exactly: number of the template, prefix and up to five words.
struct Key {
    uint64_t high = 0, low = 0;
    bool operator==(const Key& other) const { return high == other.high && low == other.low; }
};
constexpr int LONGEST = 5;
constexpr int WORD_BITS = 20;
constexpr size_t MOST_WORDS = (size_t{1} << WORD_BITS) - 1;
constexpr size_t MOST_TEMPLATES = size_t{1} << 15;

inline Key key_of(uint64_t block, uint64_t prefix, const int* ids, int n) {
    Key key;
    key.high = block << 48 | prefix << 44 | static_cast<uint64_t>(n) << 40;
    for (int place = 0; place < n; ++place) {
        uint64_t& half = place < 3 ? key.low : key.high;
        half |= static_cast<uint64_t>(ids[place]) << WORD_BITS * (place % 3);
    }
    return key;
}

inline void prefetch(const void* place) {
#if defined(__GNUC__) || defined(__clang__)
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

class Columns {
  public:
    void reserve(size_t features) {
        size_t size = 64;
        while (size < features * 2) size *= 2;
        slots_.assign(size, Slot());
        filter_.assign(size / 8, 0);
    }

    // Whether a key may be there, and if so where to look; the place is fetched while other keys are made.
    bool begin(const Key& key, size_t& slot) const {
        const uint64_t mixed = hash(key);
        // Most phrases of a text are no features: one bit in a table that fits into the cache tells nearly all of them.
        if (!(filter_[(mixed >> 38) & (filter_.size() - 1)] >> ((mixed >> 32) & 63) & 1)) return false;
        slot = mixed & (slots_.size() - 1);
        prefetch(&slots_[slot]);
        return true;
    }

    int find(const Key& key, size_t slot) const {
        const size_t mask = slots_.size() - 1;
        for (;; slot = (slot + 1) & mask) {
            if (slots_[slot].column == NONE) return NONE;
            if (slots_[slot].key == key) return slots_[slot].column;
        }
    }

    // False if the key is there already.
    bool add(const Key& key, int column) {
        const size_t mask = slots_.size() - 1;
        const uint64_t mixed = hash(key);
        size_t slot = mixed & mask;
        for (; slots_[slot].column != NONE; slot = (slot + 1) & mask)
            if (slots_[slot].key == key) return false;
        filter_[(mixed >> 38) & (filter_.size() - 1)] |= uint64_t{1} << ((mixed >> 32) & 63);
        slots_[slot] = {key, column};
        return true;
    }

  private:
    struct Slot {
        Key key;
        int column = NONE;
    };

    static uint64_t hash(const Key& key) {
        uint64_t mixed = (key.low ^ key.high * 0x9E3779B97F4A7C15ull) * 0xFF51AFD7ED558CCDull;
        mixed = (mixed ^ (mixed >> 31)) * 0xC4CEB9FE1A85EC53ull;
        return mixed ^ (mixed >> 29);
    }

    std::vector<Slot> slots_;
    std::vector<uint64_t> filter_;
};

struct Model {
    std::vector<Template> templates;
    Columns columns;
    int width = 0;                 // decision values
    std::vector<double> weights;   // for every column: inverse document frequency, then one weight for each decision
    std::vector<double> intercept;
    std::vector<uint8_t> knows;    // for every word, whether it is a known term; worked out at the end
    std::vector<uint8_t> whole;    // for every word, whether it stands in a phrase of whole words
    std::vector<std::pair<int, std::vector<uint8_t>>> cut;  // for sizes of stems, whether a stem is a feature's
    bool rates = false, roles = false;
};

// What templates ask of a sentence, worked out once for all models and only if asked for.
class Row {
  public:
    explicit Row(const Reader& reader) : reader_(reader) {}

    void set(const Sentence& sentence) {
        sentence_ = &sentence;
        n_ = static_cast<int>(sentence.ids.size());
        infos_.resize(n_);
        const int known = static_cast<int>(reader_.words.size());
        for (int index = 0; index < n_; ++index) {
            const int id = sentence.ids[index];
            infos_[index] = id < known ? &reader_.infos[id] : &sentence.unknown_infos[id - known];
        }
        related_ = false;
        scope();
        distances();
    }

    void decide(const Model& model, double* decisions, int64_t& terms) {
        std::copy(model.intercept.begin(), model.intercept.end(), decisions);
        for (size_t block = 0; block < model.templates.size(); ++block) {
            model_ = &model;
            block_ = block;
            gather(model.templates[block]);
            settle(model.templates[block], decisions);
        }
        terms = known_terms(model);
    }

  private:
    int id(int index) const { return sentence_->ids[index]; }
    bool listed(int id) const { return id >= 0 && id < static_cast<int>(reader_.words.size()); }

    int stem(int index, int place) const {
        if (!infos_[index]->longer) return NONE;
        const int word = id(index);
        return listed(word) ? reader_.stems[place][word] : sentence_->unknown_stems[word - static_cast<int>(reader_.words.size())][place];
    }

    void scope() {
        negated_.assign(n_, 0);
        int left = 0;
        for (int index = 0; index < n_; ++index) {
            if (infos_[index]->flags & SCOPE_END) left = 0;
            negated_[index] = left > 0;
            left = infos_[index]->flags & NEGATOR ? 5 : left - 1;
        }
    }

    void distances() {
        away_.assign(n_, 0);
        places_.clear();
        for (int index = 0; index < n_; ++index)
            if (id(index) == reader_.special[TARGET]) places_.push_back(index);
        if (places_.empty()) return;
        size_t next = 0;
        for (int index = 0; index < n_; ++index) {
            while (next < places_.size() && places_[next] <= index) ++next;
            const bool has_left = next > 0, has_right = next < places_.size();
            const int left = has_left ? index - places_[next - 1] : 0, right = has_right ? places_[next] - index : 0;
            away_[index] = has_left && (!has_right || left <= right) ? left : -right;
        }
    }

    void add(uint64_t prefix, const int* ids, int n, double weight) {
        for (int place = 0; place < n; ++place)
            if (!listed(ids[place])) return;
        Pending one{key_of(block_, prefix, ids, n), 0, weight};
        if (model_->columns.begin(one.key, one.slot)) pending_.push_back(one);
    }

    void add(uint64_t prefix, int id, double weight) { add(prefix, &id, 1, weight); }

    // Look up what the block has gathered, and sum it by column.
    void resolve() {
        totals_.clear();
        if (places_of_.size() < pending_.size() * 4) places_of_.assign(std::max<size_t>(256, pending_.size() * 8), NONE);
        const size_t size = places_of_.size(), step = static_cast<size_t>(model_->width) + 1;
        used_.clear();
        for (const Pending& one : pending_) {
            const int column = model_->columns.find(one.key, one.slot);
            if (column == NONE) continue;
            size_t place = static_cast<size_t>(column) % size;
            while (places_of_[place] != NONE && totals_[places_of_[place]].first != column) place = place + 1 == size ? 0 : place + 1;
            if (places_of_[place] == NONE) {
                prefetch(&model_->weights[static_cast<size_t>(column) * step]);
                places_of_[place] = static_cast<int>(totals_.size());
                used_.push_back(place);
                totals_.emplace_back(column, one.weight);
            } else {
                totals_[places_of_[place]].second += one.weight;
            }
        }
        for (size_t place : used_) places_of_[place] = NONE;
        pending_.clear();
    }

    // Weigh what the block has counted, scale it, and add it to the decisions.
    void settle(const Template& one, double* decisions) {
        if (pending_.empty()) return;
        resolve();
        const size_t step = static_cast<size_t>(model_->width) + 1;
        double squares = 0.0;
        if (!one.free)
            for (const auto& [column, total] : totals_) {
                const double value = total * model_->weights[static_cast<size_t>(column) * step];
                squares += value * value;
            }
        const double scale = squares > 0.0 ? one.scale / std::sqrt(squares) : one.scale;
        for (const auto& [column, total] : totals_) {
            const double* weights = &model_->weights[static_cast<size_t>(column) * step];
            const double value = total * weights[0] * scale;
            for (int decision = 0; decision < model_->width; ++decision) decisions[decision] += value * weights[decision + 1];
        }
    }

    void gather(const Template& one) {
        switch (one.type) {
            case PHRASES: phrases(one); break;
            case SIDES_OF: sides(one); break;
            case NEAR_TARGET: around_target(one, sentence_->ids, places_); break;
            case LEXICON: polarity(one); break;
            case ROLES: roles(); break;
            case ROLE_SUMS: role_sums(); break;
            case SIDE_SUMS: rated(one, true); break;
            case WORD_SUMS: rated(one, false); break;
            case FRAME_SUMS: frames(); break;
            case PATTERNS: patterns(one); break;
            case QUOTED: quoted(); break;
            case TYPES: break;
        }
    }

    // The words of a template, whole or cut; NONE for what has no stem or one that no feature has.
    const std::vector<int>& units(const Template& one) {
        if (!one.stem) return sentence_->ids;
        units_.resize(n_);
        for (int index = 0; index < n_; ++index) units_[index] = stem(index, one.stem_place);
        return units_;
    }

    void phrases(const Template& one) {
        const std::vector<int>& words = units(one);
        for (int size = one.shortest; size <= one.longest; ++size)
            for (int first = 0; first + size <= n_; ++first)
                add(size == 1 && one.negation && negated_[first] ? NOT_MARK : PLAIN, &words[first], size, 1.0);
    }

    void sides(const Template& one) {
        const std::vector<int>& words = units(one);
        for (int size = one.shortest; size <= one.longest; ++size)
            for (int first = 0; first + size <= n_; ++first) {
                const int last = first + size - 1, near = away_[first], far = away_[last];
                if ((near < 0) != (far < 0) || !near || !far || std::abs(far - near) != last - first) continue;
                const int distance = std::min(std::abs(near), std::abs(far));
                const bool turned = size == 1 && one.negation && negated_[first];
                add(near < 0 ? (turned ? LEFT_NOT : LEFT) : (turned ? RIGHT_NOT : RIGHT), &words[first], size,
                    1.0 / (1.0 + (distance - 1) / one.reach));
            }
    }

    // N-grams that hold a target, each once.
    void around_target(const Template& one, const std::vector<int>& words, const std::vector<int>& places) {
        const int n = static_cast<int>(words.size());
        for (size_t number = 0; number < places.size(); ++number)
            for (int size = one.shortest; size <= one.longest; ++size) {
                int first = std::max(0, places[number] - size + 1);
                // Those that hold the target before, too, have been counted with it.
                if (number > 0) first = std::max(first, places[number - 1] + 1);
                for (; first <= std::min(places[number], n - size); ++first) add(PLAIN, &words[first], size, 1.0);
            }
    }

    void polarity(const Template& one) {
        for (int index = 0; index < n_; ++index) {
            double rating = infos_[index]->polarity;
            if (std::isnan(rating)) continue;
            if (negated_[index]) rating *= -0.75;
            const int* names = reader_.polarity_sums[rating > 0 ? 1 : 0];
            const double size = std::abs(rating);
            add(PLAIN, names[0], size);
            if (!away_[index]) continue;
            const int side = away_[index] < 0 ? 1 : 2;
            const double near = 1.0 / (1.0 + (std::abs(away_[index]) - 1) / one.reach);
            add(PLAIN, names[side], size);
            add(PLAIN, names[side + 2], size * near);
            add(PLAIN, names[5], size * near);
        }
    }

    const std::vector<Relation>& relations() {
        if (!related_) {
            Reading(reader_, *sentence_, infos_).read(relations_);
            related_ = true;
        }
        return relations_;
    }

    void roles() {
        for (const Relation& found : relations()) {
            const int ids[2] = {found.kind.name, found.word};
            add(found.negated ? NOT_MARK : PLAIN, ids, 2, found.weight);
        }
    }

    void role_sums() {
        for (const Relation& found : relations()) {
            if (found.rating == 0) continue;
            const bool plus = found.rating > 0;
            const double value = std::abs(found.rating) * found.weight;
            add(PLAIN, plus ? found.kind.plus : found.kind.minus, value);
            add(PLAIN, plus ? reader_.any_plus : reader_.any_minus, value);
        }
    }

    void rated(const Template& one, bool by_side) {
        for (int index = 0; index < n_; ++index) {
            const Info& info = *infos_[index];
            const int away = away_[index];
            if (by_side && !away) continue;
            for (int place = 0; place < info.n_rated; ++place) {
                const double rating = info.rated[place] * (negated_[index] ? NEGATED : 1.0);
                const int part = info.rated_part, role = info.rated_role[place], sign = rating > 0 ? 1 : 0;
                if (by_side)
                    add(PLAIN, reader_.side_sums[away < 0 ? 0 : 1][part][role][sign],
                        std::abs(rating) * (1.0 / (1.0 + (std::abs(away) - 1) / one.reach)));
                else
                    add(PLAIN, reader_.word_sums[part][role][sign], std::abs(rating));
            }
        }
    }

    void frames() {
        for (int index = 0; index < n_; ++index) {
            if (infos_[index]->frame & 1) add(PLAIN, reader_.frame_sums[0], 1.0);
            if (infos_[index]->frame & 2) add(PLAIN, reader_.frame_sums[1], 1.0);
        }
    }

    void patterns(const Template& one) {
        kept_.clear();
        kept_places_.clear();
        for (int index = 0; index < n_; ++index) {
            const int name = infos_[index]->pattern;
            if (name == Reader::PASSED_OVER) continue;
            if (id(index) == reader_.special[TARGET]) kept_places_.push_back(static_cast<int>(kept_.size()));
            kept_.push_back(name);
        }
        around_target(one, kept_, kept_places_);
    }

    void quoted() {
        const int quote = reader_.special[QUOTE];
        int first = NONE, marks = 0;
        for (int index = 0; index < n_; ++index)
            if (id(index) == quote) {
                if (first == NONE) first = index;
                ++marks;
            }
        if (!marks) return;
        // A closing mark alone ends a quotation that began in an earlier sentence.
        bool inside = false;
        if (marks % 2 == 1 && first > 0) {
            const int before = id(first - 1);
            inside = before == reader_.special[COMMA] || before == reader_.special[QUESTION] || before == reader_.special[EXCLAMATION];
        }
        bool held = false;
        inside_.assign(n_, 0);
        for (int index = 0; index < n_; ++index) {
            if (id(index) == quote) inside = !inside;
            inside_[index] = inside;
            held = held || (inside && id(index) == reader_.special[TARGET]);
        }
        for (int index = 0; index < n_; ++index)
            if (infos_[index]->flags & ALPHA)
                add(held ? (inside_[index] ? HELD_IN : HELD_OUT) : (inside_[index] ? FREE_IN : FREE_OUT), id(index), 1.0);
    }

    int64_t known_terms(const Model& model) {
        sorted_.assign(sentence_->ids.begin(), sentence_->ids.end());
        std::sort(sorted_.begin(), sorted_.end());
        int64_t terms = 0;
        for (size_t place = 0; place < sorted_.size(); ++place) {
            if (place && sorted_[place] == sorted_[place - 1]) continue;
            const int word = sorted_[place];
            terms += listed(word) ? model.knows[word] : knows_stem(model, word - static_cast<int>(reader_.words.size()));
        }
        return terms;
    }

    bool knows_stem(const Model& model, int unknown) const {
        if (!sentence_->unknown_infos[unknown].longer) return false;
        for (const auto& [size, stems] : model.cut) {
            const int stem = reader_.words.find(Reader::cut(sentence_->unknown[unknown], size));
            if (stem != NONE && stems[stem]) return true;
        }
        return false;
    }

    const Reader& reader_;
    const Sentence* sentence_ = nullptr;
    const Model* model_ = nullptr;
    size_t block_ = 0;
    int n_ = 0;
    bool related_ = false;
    std::vector<const Info*> infos_;
    // A phrase that may be a feature.
    struct Pending {
        Key key;
        size_t slot;
        double weight;
    };

    std::vector<uint8_t> negated_, inside_;
    std::vector<int> away_, places_, units_, kept_, kept_places_, sorted_;
    std::vector<Pending> pending_;
    std::vector<std::pair<int, double>> totals_;
    std::vector<int> places_of_;
    std::vector<size_t> used_;
    std::vector<Relation> relations_;
};

}  // namespace stancekit
