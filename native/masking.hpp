// Sentences cut into tokens without names: `Masker.mask` of stancekit/features/masking.py, step by step the same.
#pragma once

#include "reader.hpp"

namespace stancekit {

struct Span {
    Py_ssize_t start, end;
    int mark;
};

class Masking {
  public:
    explicit Masking(const Reader& reader) : reader_(reader) {}

    // Spans are in order of start, end and mark, as Python sorts them. False if a Python error is set.
    bool mask(PyObject* text, const std::vector<Span>& spans, Sentence& sentence) {
        text_ = text;
        kind_ = PyUnicode_KIND(text);
        data_ = PyUnicode_DATA(text);
        size_ = PyUnicode_GET_LENGTH(text);
        pieces_.clear();
        bytes_.clear();
        any_raised_ = false;
        Py_ssize_t free = 0;
        for (const Span& span : spans) {
            if (!cut(free, span.start)) return false;
            Piece piece;
            piece.start = span.start;
            piece.end = span.end;
            piece.id = span.mark;
            piece.letters = 9;
            piece.is_mark = true;
            piece.upper = marks_upper(span.mark);
            pieces_.push_back(piece);
            free = span.end;
        }
        if (!cut(free, size_)) return false;
        for (Piece& piece : pieces_) piece.sure = is_named(piece.id);
        if (any_raised_) mark_unknown();
        mark_particles();
        merge(sentence);
        return true;
    }

  private:
    struct Piece {
        Py_ssize_t start = 0, end = 0;
        uint32_t low = 0, low_size = 0;  // the word in lower case, in `bytes_`
        int id = NONE;        // of the token, NONE if no list knows it
        int low_id = NONE;    // of the word in lower case
        int letters = 0;
        bool raised = false;  // begins with a capital
        bool is_mark = false; // of a name, a number or punctuation: nothing to judge
        bool upper = false;   // str.isupper of the token
        bool keeps = false;   // an acronym that has kept its capitals
        bool sure = false;    // a name by its place, before any word is judged
    };

    Py_UCS4 at(Py_ssize_t index) const { return PyUnicode_READ(kind_, data_, index); }

    static bool is_word(Py_UCS4 letter) {
        if (letter < 128)
            return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                   letter == '_';
        return Py_UNICODE_ISALNUM(letter);
    }

    static bool is_digit(Py_UCS4 letter) {
        return letter < 128 ? letter >= '0' && letter <= '9' : Py_UNICODE_ISDECIMAL(letter) != 0;
    }

    static bool is_letter(Py_UCS4 letter) {
        if (letter < 128) return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
        return Py_UNICODE_ISALNUM(letter) && !Py_UNICODE_ISDECIMAL(letter);
    }

    static bool is_apostrophe(Py_UCS4 letter) { return letter == '\'' || letter == 0x2019; }

    bool boundary(Py_ssize_t index, Py_ssize_t end) const {
        const bool before = index > 0 && is_word(at(index - 1));
        const bool after = index < end && is_word(at(index));
        return before != after;
    }

    // "s" and the end of a word.
    bool closes_possessive(Py_ssize_t index, Py_ssize_t end) const {
        return index < end && (at(index) == 's' || at(index) == 'S') && boundary(index + 1, end);
    }

    bool cut(Py_ssize_t start, Py_ssize_t end) {
        Py_ssize_t place = start;
        while (place < end) {
            const Py_UCS4 letter = at(place);
            if (is_letter(letter)) {
                Py_ssize_t last = place + 1;
                while (last < end && is_letter(at(last))) ++last;
                while (last + 1 < end && is_apostrophe(at(last)) && !closes_possessive(last + 1, end) && is_letter(at(last + 1))) {
                    last += 2;
                    while (last < end && is_letter(at(last))) ++last;
                }
                if (!add_word(place, last)) return false;
                place = last;
            } else if (is_apostrophe(letter)) {
                if (closes_possessive(place + 1, end)) {
                    add_mark(place, place + 2, reader_.special[OWN], 2);
                    place += 2;
                } else {
                    // A possessive of a plural only behind a name; elsewhere the sign may close a quotation.
                    if (place > 0 && start > 0 && place == start && (at(place - 1) == 's' || at(place - 1) == 'S') &&
                        !(place + 1 < end && (is_word(at(place + 1)) || is_apostrophe(at(place + 1)))))
                        add_mark(place, place + 1, reader_.special[OWN], 2);
                    ++place;
                }
            } else if (is_digit(letter)) {
                Py_ssize_t last = place + 1;
                while (last < end && is_digit(at(last))) ++last;
                while (last + 1 < end && (at(last) == '.' || at(last) == ',' || at(last) == ':') && is_digit(at(last + 1))) {
                    last += 2;
                    while (last < end && is_digit(at(last))) ++last;
                }
                while (last < end && is_word(at(last))) ++last;
                add_mark(place, last, reader_.special[NUMBER], 9);
                place = last;
            } else {
                add_punctuation(letter, place);
                ++place;
            }
        }
        return true;
    }

    void add_mark(Py_ssize_t start, Py_ssize_t end, int id, int letters) {
        Piece piece;
        piece.start = start;
        piece.end = end;
        piece.id = id;
        piece.letters = letters;
        piece.is_mark = true;
        pieces_.push_back(piece);
    }

    void add_punctuation(Py_UCS4 letter, Py_ssize_t place) {
        char sign;
        switch (letter) {
            case ',': case ';': case ':': case '?': case '!': case '"': case '(': sign = static_cast<char>(letter); break;
            case 0x201C: case 0x201D: case 0xAB: case 0xBB: sign = '"'; break;
            case 0x2014: case 0x2013: sign = '-'; break;
            default: return;
        }
        add_mark(place, place + 1, reader_.words.find({&sign, 1}), 1);
    }

    static void append(std::string& bytes, Py_UCS4 letter) {
        if (letter < 0x80) {
            bytes.push_back(static_cast<char>(letter));
        } else if (letter < 0x800) {
            bytes.push_back(static_cast<char>(0xC0 | letter >> 6));
            bytes.push_back(static_cast<char>(0x80 | (letter & 0x3F)));
        } else if (letter < 0x10000) {
            bytes.push_back(static_cast<char>(0xE0 | letter >> 12));
            bytes.push_back(static_cast<char>(0x80 | (letter >> 6 & 0x3F)));
            bytes.push_back(static_cast<char>(0x80 | (letter & 0x3F)));
        } else {
            bytes.push_back(static_cast<char>(0xF0 | letter >> 18));
            bytes.push_back(static_cast<char>(0x80 | (letter >> 12 & 0x3F)));
            bytes.push_back(static_cast<char>(0x80 | (letter >> 6 & 0x3F)));
            bytes.push_back(static_cast<char>(0x80 | (letter & 0x3F)));
        }
    }

    // Append letters in lower case as Python's str.lower gives them; false if a Python error is set.
    bool append_lower(Py_ssize_t start, Py_ssize_t end, bool ascii, int& letters) {
        if (ascii) {
            for (Py_ssize_t index = start; index < end; ++index) {
                const Py_UCS4 letter = at(index);
                bytes_.push_back(static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter));
            }
            letters = static_cast<int>(end - start);
            return true;
        }
        PyObject* piece = PyUnicode_Substring(text_, start, end);
        PyObject* lower = piece ? PyObject_CallMethod(piece, "lower", nullptr) : nullptr;
        Py_XDECREF(piece);
        if (!lower) return false;
        letters = static_cast<int>(PyUnicode_GET_LENGTH(lower));
        for (Py_ssize_t index = 0; index < letters; ++index) append(bytes_, PyUnicode_READ_CHAR(lower, index));
        Py_DECREF(lower);
        return true;
    }

    static bool is_upper(const char* word, size_t size) {
        bool cased = false;
        for (size_t index = 0; index < size;) {
            const size_t width = static_cast<unsigned char>(word[index]) < 0x80   ? 1
                                 : static_cast<unsigned char>(word[index]) < 0xE0 ? 2
                                 : static_cast<unsigned char>(word[index]) < 0xF0 ? 3
                                                                                  : 4;
            const Py_UCS4 letter = Reader::first_letter(std::string(word + index, width));
            if (Py_UNICODE_ISLOWER(letter) || Py_UNICODE_ISTITLE(letter)) return false;
            cased = cased || Py_UNICODE_ISUPPER(letter);
            index += width;
        }
        return cased;
    }

    bool add_word(Py_ssize_t start, Py_ssize_t end) {
        Piece piece;
        piece.start = start;
        piece.end = end;
        bool ascii = true, curly = false, all_upper = true, has_upper = false;
        for (Py_ssize_t index = start; index < end; ++index) {
            const Py_UCS4 letter = at(index);
            if (letter >= 128) {
                ascii = false;
                curly = curly || letter == 0x2019;
                if (Py_UNICODE_ISLOWER(letter) || Py_UNICODE_ISTITLE(letter)) all_upper = false;
                has_upper = has_upper || Py_UNICODE_ISUPPER(letter);
            } else if (letter >= 'a' && letter <= 'z') {
                all_upper = false;
            } else if (letter >= 'A' && letter <= 'Z') {
                has_upper = true;
            }
        }
        const Py_UCS4 first = at(start);
        piece.raised = first < 128 ? first >= 'A' && first <= 'Z' : Py_UNICODE_ISUPPER(first) != 0;
        piece.keeps = piece.raised && end - start > 1 && all_upper && has_upper;
        piece.low = static_cast<uint32_t>(bytes_.size());
        if (!append_lower(start, end, ascii, piece.letters)) return false;
        piece.low_size = static_cast<uint32_t>(bytes_.size()) - piece.low;
        if (piece.keeps) {
            piece.upper = true;
            piece.letters = static_cast<int>(end - start);
        } else {
            if (curly) straighten(piece);
            piece.upper = !ascii && is_upper(bytes_.data() + piece.low, piece.low_size);
        }
        piece.id = piece.low_id = reader_.words.find({bytes_.data() + piece.low, piece.low_size});
        any_raised_ = any_raised_ || piece.raised;
        pieces_.push_back(piece);
        return true;
    }

    // Curly apostrophes become straight ones.
    void straighten(Piece& piece) {
        std::string word = bytes_.substr(piece.low, piece.low_size);
        for (size_t place = word.find("\xE2\x80\x99"); place != std::string::npos; place = word.find("\xE2\x80\x99", place))
            word.replace(place, 3, "'");
        bytes_.resize(piece.low);
        bytes_ += word;
        piece.low_size = static_cast<uint32_t>(word.size());
    }

    uint32_t flags(int id) const { return id == NONE ? 0 : reader_.infos[id].flags; }

    bool marks_upper(int id) const { return is_upper(reader_.words.word(id).data(), reader_.words.word(id).size()); }

    bool opens(const Piece& piece) const {
        if (!piece.is_mark || piece.id == NONE) return false;
        const std::string& word = reader_.words.word(piece.id);
        return word.size() == 1 && (word[0] == '"' || word[0] == ':' || word[0] == '?' || word[0] == '!' || word[0] == '(');
    }

    void mark_unknown() {
        int alphabetic = 0, raised = 0, upper = 0;
        for (const Piece& piece : pieces_) {
            upper += piece.upper;
            if (piece.letters > 3 && !piece.is_mark) {
                ++alphabetic;
                raised += piece.raised;
            }
        }
        const bool headline = alphabetic > 3 && raised > 0.6 * alphabetic;
        const bool shouted = headline && upper > 0.5 * alphabetic;
        bool opening = true;
        Py_ssize_t end = 0;
        for (size_t index = 0; index < pieces_.size(); ++index) {
            Piece& piece = pieces_[index];
            const bool opens_next = opens(piece);
            if (piece.raised) {
                opening = opening || stops(end, piece.start);
                const uint32_t known = flags(piece.low_id);
                const bool within = !opening && !headline;
                const bool after_name = index > 0 && pieces_[index - 1].id == reader_.special[NAME] &&
                                        pieces_[index - 1].end + 1 == piece.start;
                const bool initial = piece.letters == 1 && piece.end < size_ && at(piece.end) == '.' && after_name;
                const bool verb = piece.low_id == reader_.special[MAY] || piece.low_id == reader_.special[MARCH];
                if ((known & DATE_WORD) && !(opening && verb) && !headline) {
                    piece.id = reader_.special[DATE];
                } else if (!((known & OFFICE) && !((known & BODY) && after_name && within)) && !((known & ACRONYM) && !initial) &&
                           ((piece.upper && piece.letters > 1 && !shouted && !(known & STOP)) || !(known & COMMON) || initial ||
                            (within && piece.letters > 1 && !(known & STOP)) || (after_name && within))) {
                    piece.id = reader_.special[NAME];
                }
            }
            opening = opens_next;
            end = piece.end;
        }
        join_forms(headline);
    }

    // Whether a sign stands there after which a word is raised for its place.
    bool stops(Py_ssize_t start, Py_ssize_t end) const {
        for (Py_ssize_t index = start; index < end; ++index) switch (at(index)) {
                case '.': case '*': case '\n': case '\'': case '[': case '/': case '|': case 0x2022: case 0x2026: case 0x2018:
                    return true;
                default: break;
            }
        return false;
    }

    // "Republic of" and "North" before a name are a part of it.
    void join_forms(bool headline) {
        const int name = reader_.special[NAME], n = static_cast<int>(pieces_.size());
        for (int index = n - 2; index >= 0; --index) {
            Piece& piece = pieces_[index];
            if (!piece.raised) continue;
            const uint32_t known = flags(piece.low_id);
            const Piece& follows = pieces_[index + 1];
            if ((known & FORM) && (follows.id == reader_.special[OF] || follows.id == reader_.special[FOR])) {
                const int last = index + 2 + (index + 2 < n && pieces_[index + 2].id == reader_.special[THE]);
                if (last < n && pieces_[last].id == name)
                    for (int place = index; place < last; ++place) pieces_[place].id = name;
            } else if ((known & SIDE) && index && follows.id == name && follows.start == piece.end + 1 && !headline) {
                piece.id = name;
            }
        }
    }

    bool is_named(int id) const { return id != NONE && (id == reader_.special[NAME] || id == reader_.special[TARGET]); }

    void mark_particles() {
        for (Py_ssize_t index = static_cast<Py_ssize_t>(pieces_.size()) - 2; index >= 0; --index) {
            Piece& piece = pieces_[index];
            const Piece& following = pieces_[index + 1];
            const uint32_t known = flags(piece.id);
            if (!(known & (PARTICLE | FOREIGN)) || !is_named(following.id) || following.start - piece.end > 1) continue;
            const int before = index > 0 ? pieces_[index - 1].id : NONE;
            if (((known & PARTICLE) && (is_named(before) || (flags(before) & PARTICLE))) ||
                ((known & FOREIGN) && following.id == reader_.special[NAME]))
                piece.id = reader_.special[NAME];
        }
    }

    bool blank(Py_ssize_t start, Py_ssize_t end) const {
        for (Py_ssize_t index = start; index < end; ++index)
            if (!Py_UNICODE_ISSPACE(at(index))) return false;
        return true;
    }

    // Whether two names are one: nothing between them, or an initial's point, or a hyphen within a new name.
    bool adjoins(Py_ssize_t end, Py_ssize_t start, bool target, bool both) const {
        if (blank(end, start)) return true;
        if (target) return false;
        const Py_ssize_t gap = start - end;
        if ((gap == 1 || (gap == 2 && at(end + 1) == ' ')) && at(end) == '.')
            return Py_UNICODE_ISUPPER(at(end - 1)) && !(end >= 2 && Py_UNICODE_ISALPHA(at(end - 2)));
        return gap == 1 && at(end) == '-' && !both;
    }

    void merge(Sentence& sentence) {
        sentence.clear();
        const int target = reader_.special[TARGET];
        Py_ssize_t last = 0;
        bool sure = false;
        for (const Piece& piece : pieces_) {
            if (!sentence.ids.empty() && is_named(piece.id) && is_named(sentence.ids.back()) &&
                adjoins(last, piece.start, piece.id == target || sentence.ids.back() == target, sure && piece.sure)) {
                if (piece.id == target) sentence.ids.back() = piece.id;
            } else {
                sentence.ids.push_back(piece.id != NONE ? piece.id : unknown(piece, sentence));
            }
            last = piece.end;
            sure = piece.sure;
        }
    }

    // Number a word that no list knows; the same word has the same number within a sentence.
    int unknown(const Piece& piece, Sentence& sentence) {
        const std::string word = piece.is_mark ? std::string() : bytes_.substr(piece.low, piece.low_size);
        const int beyond = static_cast<int>(reader_.words.size());
        for (size_t index = 0; index < sentence.unknown.size(); ++index)
            if (sentence.unknown[index] == word) return beyond + static_cast<int>(index);
        Info info = reader_.describe(word, NONE);
        info.pattern = !(info.flags & ALPHA) ? NONE : (info.flags & LY) ? Reader::PASSED_OVER : reader_.other_word;
        std::vector<int> stems(reader_.stem_sizes.size(), NONE);
        if (info.longer)
            for (size_t k = 0; k < stems.size(); ++k) stems[k] = reader_.words.find(Reader::cut(word, reader_.stem_sizes[k]));
        sentence.unknown.push_back(word);
        sentence.unknown_infos.push_back(info);
        sentence.unknown_stems.push_back(stems);
        return beyond + static_cast<int>(sentence.unknown.size()) - 1;
    }

    const Reader& reader_;
    PyObject* text_ = nullptr;
    int kind_ = 0;
    const void* data_ = nullptr;
    Py_ssize_t size_ = 0;
    bool any_raised_ = false;
    std::vector<Piece> pieces_;
    std::string bytes_;
};

}  // namespace stancekit
