// The Python module stancekit._native: readers with their models, and rows to decision values.
#include "masking.hpp"
#include "templates.hpp"

namespace stancekit {
namespace {

const char* const CAPSULE = "stancekit._native.reader";

struct Holder {
    Reader reader;
    std::vector<std::unique_ptr<Model>> models;
    bool finished = false;
};

void destroy(PyObject* capsule) { delete static_cast<Holder*>(PyCapsule_GetPointer(capsule, CAPSULE)); }

Holder* held(PyObject* capsule) { return static_cast<Holder*>(PyCapsule_GetPointer(capsule, CAPSULE)); }

bool view(PyObject* text, std::string_view& bytes) {
    Py_ssize_t size;
    const char* data = PyUnicode_AsUTF8AndSize(text, &size);
    if (!data) return false;
    bytes = {data, static_cast<size_t>(size)};
    return true;
}

// Calls `use(item)` for every item; false if a Python error is set or `use` says so.
template <typename Use>
bool each(PyObject* iterable, Use use) {
    PyObject* iterator = PyObject_GetIter(iterable);
    if (!iterator) return false;
    bool good = true;
    while (good) {
        PyObject* item = PyIter_Next(iterator);
        if (!item) break;
        good = use(item);
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    return good && !PyErr_Occurred();
}

template <typename Use>
bool each_added(PyObject* iterable, Vocabulary& words, Use use) {
    return each(iterable, [&](PyObject* item) {
        std::string_view bytes;
        if (!view(item, bytes)) return false;
        use(words.add(bytes));
        return true;
    });
}

std::string upper(std::string word) {
    for (char& letter : word)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
    return word;
}

bool add_roles(PyObject* rows, Reader& reader) {
    return each(rows, [&](PyObject* row) {
        int part, frame;
        const char *form, *lemma, *tags;
        RoleWord word;
        if (!PyArg_ParseTuple(row, "isssdddi", &part, &form, &lemma, &tags, &word.doer, &word.done, &word.about, &frame)) return false;
        word.lemma = reader.words.add(lemma);
        word.frame = static_cast<uint8_t>(frame);
        for (const char* tag = tags; *tag; ++tag)
            word.tags |= *tag == 'B' ? BASE : *tag == 'S' ? THIRD : *tag == 'P' ? PAST : *tag == 'N' ? PARTICIPLE : *tag == 'G' ? GERUND : 0;
        reader.reading(part, reader.words.add(form), word);
        return true;
    });
}

PyObject* new_reader(PyObject*, PyObject* args) {
    PyObject *sets, *specials, *kinds, *prepositions, *complements, *patterns, *groups, *roles, *ratings;
    if (!PyArg_ParseTuple(args, "OOOOOOOOO", &sets, &specials, &kinds, &prepositions, &complements, &patterns, &groups, &roles, &ratings))
        return nullptr;
    auto holder = std::make_unique<Holder>();
    Reader& reader = holder->reader;
    int number = 0;
    if (!each(sets, [&](PyObject* set) {
            const int bit = number++;
            return each_added(set, reader.words, [&](int id) { reader.flag(bit, id); });
        }))
        return nullptr;
    size_t place = 0;
    if (!each_added(specials, reader.words, [&](int id) {
            if (place < SPECIALS) reader.special[place] = id;
            ++place;
        }))
        return nullptr;
    size_t kind = 0;
    if (!each(kinds, [&](PyObject* item) {
            std::string_view name;
            if (!view(item, name)) return false;
            if (kind < FIXED_KINDS) reader.kinds[kind] = reader.kind(std::string(name));
            ++kind;
            return true;
        }))
        return nullptr;
    if (number != SETS || place != SPECIALS || kind != FIXED_KINDS) {
        PyErr_SetString(PyExc_ValueError, "sets, tokens or kinds of relation are not those that this module was built for");
        return nullptr;
    }
    if (!each_added(prepositions, reader.words, [&](int id) {
            const std::string name = upper(reader.words.word(id));
            reader.n_kinds[id] = reader.kind("N_" + name);
            reader.pobj_kinds[id] = reader.kind("POBJ_" + name);
        }))
        return nullptr;
    if (!each_added(complements, reader.words, [&](int id) {
            const std::string name = upper(reader.words.word(id));
            reader.comp_kinds[id] = reader.kind("COMP_" + name);
            reader.compn_kinds[id] = reader.kind("COMPN_" + name);
        }))
        return nullptr;
    if (!each_added(patterns, reader.words, [](int) {})) return nullptr;
    reader.name_sums();
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(groups, &position, &key, &value)) {
        std::string_view actor, mark;
        if (!view(key, actor) || !view(value, mark)) return nullptr;
        reader.groups[std::string(actor)] = reader.words.add(mark);
    }
    if (!add_roles(roles, reader)) return nullptr;
    position = 0;
    while (PyDict_Next(ratings, &position, &key, &value)) {
        std::string_view word;
        const double rating = PyFloat_AsDouble(value);
        if (!view(key, word) || PyErr_Occurred()) return nullptr;
        reader.rate(reader.words.add(word), rating);
    }
    PyObject* capsule = PyCapsule_New(holder.get(), CAPSULE, destroy);
    if (capsule) holder.release();
    return capsule;
}

class Buffer {
  public:
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() {
        if (held_) PyBuffer_Release(&buffer_);
    }
    bool get(PyObject* object, Py_ssize_t bytes, bool writable = false) {
        if (PyObject_GetBuffer(object, &buffer_, writable ? PyBUF_CONTIG : PyBUF_CONTIG_RO) < 0) return false;
        held_ = true;
        if (buffer_.len == bytes) return true;
        PyErr_Format(PyExc_ValueError, "an array has %zd bytes, not %zd", buffer_.len, bytes);
        return false;
    }
    template <typename T>
    T* as() {
        return static_cast<T*>(buffer_.buf);
    }

  private:
    Py_buffer buffer_{};
    bool held_ = false;
};

// Cut a feature's name into prefix and words. False where this module has no form for it.
bool parse_key(std::string_view name, const Template& one, Vocabulary& words, uint64_t& prefix, int* ids, int& n) {
    prefix = PLAIN;
    n = 0;
    if (one.free || one.type == FRAME_SUMS) {
        ids[n++] = words.add(name);
        return true;
    }
    std::vector<std::string_view> parts;
    for (size_t start = 0; start <= name.size();) {
        size_t end = name.find(' ', start);
        if (end == std::string_view::npos) end = name.size();
        parts.push_back(name.substr(start, end - start));
        start = end + 1;
    }
    size_t first = 0;
    const auto next_is = [&](const char* mark) { return first + 1 < parts.size() && parts[first] == mark; };
    if (one.type == PHRASES) {
        if (next_is("NOT")) prefix = NOT_MARK, ++first;
    } else if (one.type == SIDES_OF) {
        if (!next_is("L") && !next_is("R")) return false;
        prefix = parts[first++] == "L" ? LEFT : RIGHT;
        if (next_is("NOT")) prefix = prefix == LEFT ? LEFT_NOT : RIGHT_NOT, ++first;
    } else if (one.type == QUOTED) {
        if (parts.size() != 3) return false;
        prefix = parts[0] == "HELD" ? (parts[1] == "IN" ? HELD_IN : HELD_OUT) : (parts[1] == "IN" ? FREE_IN : FREE_OUT);
        first = 2;
    } else if (one.type == ROLES) {
        ids[n++] = words.add(parts[0]);
        first = 1;
        if (next_is("NOT")) prefix = NOT_MARK, ++first;
    }
    for (; first < parts.size(); ++first) {
        if (n == LONGEST) return false;
        ids[n++] = words.add(parts[first]);
    }
    return n > 0;
}

bool read_templates(PyObject* rows, Model& model, Reader& reader) {
    return each(rows, [&](PyObject* row) {
        Template one;
        int type, negation, free;
        if (!PyArg_ParseTuple(row, "iiiiddpp", &type, &one.shortest, &one.longest, &one.stem, &one.reach, &one.scale, &negation, &free))
            return false;
        if (type < 0 || type >= TYPES || one.longest > LONGEST || one.shortest < 1 || model.templates.size() >= MOST_TEMPLATES) {
            PyErr_SetString(PyExc_NotImplementedError, "a template has no native form");
            return false;
        }
        one.type = static_cast<Type>(type);
        one.negation = negation;
        one.free = free;
        if (one.stem) {
            reader.use_stems(one.stem);
            for (size_t place = 0; place < reader.stem_sizes.size(); ++place)
                if (reader.stem_sizes[place] == one.stem) one.stem_place = static_cast<int>(place);
        }
        model.templates.push_back(one);
        return true;
    });
}

// Note the words of a feature, whole or cut: they are known terms.
void note_terms(const Template& one, const int* ids, int n, const Vocabulary& words, Model& model) {
    if (one.free) return;
    std::vector<uint8_t>* known = &model.whole;
    if (one.stem) {
        auto place = std::find_if(model.cut.begin(), model.cut.end(), [&](const auto& held) { return held.first == one.stem; });
        if (place == model.cut.end()) place = model.cut.insert(place, {one.stem, {}});
        known = &place->second;
    }
    for (int index = one.type == ROLES ? 1 : 0; index < n; ++index) {
        const std::string& word = words.word(ids[index]);
        // Classes of words in patterns begin with a capital, words do not.
        if (word.empty() || (word[0] >= 'A' && word[0] <= 'Z') || !Py_UNICODE_ISALPHA(Reader::first_letter(word))) continue;
        if (ids[index] >= static_cast<int>(known->size())) known->resize(ids[index] + 1, 0);
        (*known)[ids[index]] = 1;
    }
}

bool read_features(PyObject* features, Model& model, Reader& reader) {
    const Py_ssize_t n = PyList_GET_SIZE(features);
    model.columns.reserve(static_cast<size_t>(n));
    for (Py_ssize_t column = 0; column < n; ++column) {
        PyObject* feature = PyList_GET_ITEM(features, column);
        Py_ssize_t block;
        PyObject* name;
        if (!PyArg_ParseTuple(feature, "nU", &block, &name)) return false;
        std::string_view bytes;
        if (!view(name, bytes)) return false;
        int ids[LONGEST], size;
        uint64_t prefix;
        if (block < 0 || block >= static_cast<Py_ssize_t>(model.templates.size()) ||
            !parse_key(bytes, model.templates[block], reader.words, prefix, ids, size) || reader.words.size() > MOST_WORDS ||
            !model.columns.add(key_of(static_cast<uint64_t>(block), prefix, ids, size), static_cast<int>(column))) {
            PyErr_SetString(PyExc_NotImplementedError, "a feature has no native form");
            return false;
        }
        note_terms(model.templates[block], ids, size, reader.words, model);
    }
    return true;
}

PyObject* add_model(PyObject*, PyObject* args) {
    PyObject *capsule, *templates, *features, *idf, *coef, *intercept;
    int width, rates, roles;
    if (!PyArg_ParseTuple(args, "OOO!OOOipp", &capsule, &templates, &PyList_Type, &features, &idf, &coef, &intercept, &width, &rates,
                          &roles))
        return nullptr;
    Holder* holder = held(capsule);
    if (!holder) return nullptr;
    if (holder->finished) {
        PyErr_SetString(PyExc_ValueError, "the reader is finished; models are added before");
        return nullptr;
    }
    auto model = std::make_unique<Model>();
    model->width = width;
    model->rates = rates;
    model->roles = roles;
    const Py_ssize_t n = PyList_GET_SIZE(features);
    Buffer idf_buffer, coef_buffer, intercept_buffer;
    if (!read_templates(templates, *model, holder->reader) || !read_features(features, *model, holder->reader) ||
        !idf_buffer.get(idf, n * 8) || !coef_buffer.get(coef, n * 8 * width) || !intercept_buffer.get(intercept, width * 8))
        return nullptr;
    const auto *rare = idf_buffer.as<double>(), *weights = coef_buffer.as<double>(), *bias = intercept_buffer.as<double>();
    model->intercept.assign(bias, bias + width);
    model->weights.reserve(static_cast<size_t>(n) * (width + 1));
    for (Py_ssize_t column = 0; column < n; ++column) {
        model->weights.push_back(rare[column]);
        for (int decision = 0; decision < width; ++decision) model->weights.push_back(weights[decision * n + column]);
    }
    holder->models.push_back(std::move(model));
    return PyLong_FromSize_t(holder->models.size() - 1);
}

bool member(const std::vector<uint8_t>& set, int id) { return id != NONE && id < static_cast<int>(set.size()) && set[id]; }

PyObject* finish(PyObject*, PyObject* capsule) {
    Holder* holder = held(capsule);
    if (!holder) return nullptr;
    Reader& reader = holder->reader;
    for (const auto& model : holder->models)
        for (const auto& [size, known] : model->cut) reader.use_stems(size);
    reader.finish();
    const int n = static_cast<int>(reader.words.size());
    for (const auto& model : holder->models) {
        model->knows.assign(n, 0);
        for (auto& [size, known] : model->cut) known.resize(n, 0);
        for (int id = 0; id < n; ++id) {
            const Info& info = reader.infos[id];
            if ((info.flags & STOP) || !(info.flags & ALPHA)) continue;
            bool known = member(model->whole, id) || (model->rates && !std::isnan(info.polarity)) || (model->roles && info.says);
            for (const auto& [size, stems] : model->cut)
                known = known || (info.longer && member(stems, reader.words.find(Reader::cut(reader.words.word(id), size))));
            model->knows[id] = known;
        }
    }
    holder->finished = true;
    Py_RETURN_NONE;
}

bool pair_of(PyObject* item, Py_ssize_t& start, Py_ssize_t& end) {
    if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) < 2) {
        PyErr_SetString(PyExc_TypeError, "spans and names must be tuples of start and end");
        return false;
    }
    start = PyLong_AsSsize_t(PyTuple_GET_ITEM(item, 0));
    end = PyLong_AsSsize_t(PyTuple_GET_ITEM(item, 1));
    return !PyErr_Occurred();
}

// Gather the spans of a row: its targets, and the names that no target overlaps.
bool spans_of(const Reader& reader, PyObject* names, PyObject* targets, std::vector<Span>& spans) {
    spans.clear();
    Span span{};
    for (Py_ssize_t index = 0; targets && index < PyList_GET_SIZE(targets); ++index) {
        if (!pair_of(PyList_GET_ITEM(targets, index), span.start, span.end)) return false;
        span.mark = reader.special[TARGET];
        spans.push_back(span);
    }
    const size_t n_targets = spans.size();
    for (Py_ssize_t index = 0; index < PyList_GET_SIZE(names); ++index) {
        PyObject* name = PyList_GET_ITEM(names, index);
        if (!pair_of(name, span.start, span.end)) return false;
        bool free = true;
        for (size_t target = 0; target < n_targets; ++target)
            free = free && !(span.start < spans[target].end && spans[target].start < span.end);
        if (!free) continue;
        span.mark = reader.special[NAME];
        if (!reader.groups.empty() && PyTuple_GET_SIZE(name) > 2) {
            std::string_view actor;
            if (!view(PyTuple_GET_ITEM(name, 2), actor)) return false;
            const auto group = reader.groups.find(std::string(actor));
            if (group != reader.groups.end()) span.mark = group->second;
        }
        spans.push_back(span);
    }
    std::stable_sort(spans.begin(), spans.end(), [](const Span& one, const Span& other) {
        return one.start != other.start ? one.start < other.start : one.end < other.end;
    });
    return true;
}

bool all_lists(PyObject* list, Py_ssize_t n, const char* what) {
    if (PyList_Check(list) && PyList_GET_SIZE(list) == n) {
        bool good = true;
        for (Py_ssize_t index = 0; index < n; ++index) good = good && PyList_Check(PyList_GET_ITEM(list, index));
        if (good) return true;
    }
    PyErr_Format(PyExc_TypeError, "%s must be a list of %zd lists", what, n);
    return false;
}

PyObject* assess(PyObject*, PyObject* args) {
    PyObject *capsule, *numbers, *texts, *names, *targets, *outputs;
    if (!PyArg_ParseTuple(args, "OO!O!OOO!", &capsule, &PyTuple_Type, &numbers, &PyList_Type, &texts, &names, &targets, &PyTuple_Type, &outputs))
        return nullptr;
    Holder* holder = held(capsule);
    if (!holder) return nullptr;
    const Py_ssize_t n = PyList_GET_SIZE(texts), asked = PyTuple_GET_SIZE(numbers);
    if (!holder->finished || PyTuple_GET_SIZE(outputs) != 2 * asked) {
        PyErr_SetString(PyExc_ValueError, "finish the reader first, and give two arrays for every model");
        return nullptr;
    }
    const bool about_targets = targets != Py_None;
    if (!all_lists(names, n, "names") || (about_targets && !all_lists(targets, n, "targets"))) return nullptr;
    std::vector<const Model*> models;
    std::vector<std::unique_ptr<Buffer>> buffers;
    for (Py_ssize_t place = 0; place < asked; ++place) {
        const size_t number = PyLong_AsSize_t(PyTuple_GET_ITEM(numbers, place));
        if (PyErr_Occurred()) return nullptr;
        if (number >= holder->models.size()) {
            PyErr_SetString(PyExc_IndexError, "there is no such model");
            return nullptr;
        }
        models.push_back(holder->models[number].get());
        for (int which = 0; which < 2; ++which) {
            buffers.push_back(std::make_unique<Buffer>());
            const Py_ssize_t bytes = n * 8 * (which ? 1 : models.back()->width);
            if (!buffers.back()->get(PyTuple_GET_ITEM(outputs, 2 * place + which), bytes, true)) return nullptr;
        }
    }
    Masking masking(holder->reader);
    Sentence sentence;
    Row row(holder->reader);
    std::vector<Span> spans;
    for (Py_ssize_t index = 0; index < n; ++index) {
        PyObject* text = PyList_GET_ITEM(texts, index);
        if (!PyUnicode_Check(text)) {
            PyErr_SetString(PyExc_TypeError, "texts must be strings");
            return nullptr;
        }
        if (!spans_of(holder->reader, PyList_GET_ITEM(names, index), about_targets ? PyList_GET_ITEM(targets, index) : nullptr, spans))
            return nullptr;
        for (const Span& span : spans)
            if (span.start < 0 || span.end <= span.start || span.end > PyUnicode_GET_LENGTH(text)) {
                PyErr_Format(PyExc_ValueError, "the span %zd..%zd of row %zd does not lie in its text", span.start, span.end, index);
                return nullptr;
            }
        if (!masking.mask(text, spans, sentence)) return nullptr;
        row.set(sentence);
        for (size_t place = 0; place < models.size(); ++place)
            row.decide(*models[place], buffers[2 * place]->as<double>() + index * models[place]->width,
                       buffers[2 * place + 1]->as<int64_t>()[index]);
    }
    Py_RETURN_NONE;
}

PyMethodDef METHODS[] = {
    {"reader", new_reader, METH_VARARGS, "Make a reader: word lists, tokens, kinds of relation, groups, roles, ratings."},
    {"add_model", add_model, METH_VARARGS, "Add a fitted model to a reader; gives its number."},
    {"finish", finish, METH_O, "Work out what follows from the words of a reader; after all models."},
    {"assess", assess, METH_VARARGS, "Write decision values and counts of known terms of rows into arrays."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef MODULE = {PyModuleDef_HEAD_INIT, "_native", "Decision values of fitted models, in native code.", -1, METHODS,
                      nullptr, nullptr, nullptr, nullptr};

}  // namespace
}  // namespace stancekit

PyMODINIT_FUNC PyInit__native() { return PyModule_Create(&stancekit::MODULE); }
