/* The scanner: one pass over a frame, which checks all of it and finds its members.

   `scan` answers for the frames of which it is certain, and returns None for all others:
   then the reference codec (json_codec.py) decides, and says what is wrong. So None is never
   a fault here, while a frame that is taken must be one that the reference codec takes too,
   with the same message; tests/core/test_fast_codec.py compares both.

   It knows no message. `forms`, which fast_codec.py makes from the message classes, says of
   each type which payload it may have.

   Every pointer below is at most at `end`, where the bytes object has a zero byte. A zero byte
   is no part of JSON, so only loops that step over more than one byte compare with `end`. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

typedef const unsigned char *Text;

/* The kinds of JSON values, as bits; 0 stands for text that isn't certain to be a value. */
enum { NULL_ = 1, BOOL = 2, INT = 4, FLOAT = 8, STRING = 16, ARRAY = 32, OBJECT = 64 };

/* Digits of a number that is certain to be small enough, for a double too. */
#define SAFE_DIGITS 200

/* Members of an object for which no memory is allocated: most have fewer. */
#define FEW_MEMBERS 16

typedef struct {
    Text name, name_end; /* without its quotes */
    Text value, value_end;
    int kind;
} Member;

typedef struct {
    Member few[FEW_MEMBERS];
    Member *members; /* `few`, or memory for more */
    int count, room;
} Object;

static void begin(Object *object)
{
    object->members = object->few;
    object->count = 0;
    object->room = FEW_MEMBERS;
}

static void release(Object *object)
{
    if (object->members != object->few)
        PyMem_Free(object->members);
}

/* Add a member to an object; return 0 if there is no memory. */
static int add(Object *object, const Member *member)
{
    if (object->count == object->room) {
        Member *old = object->members == object->few ? NULL : object->members;
        Member *more = PyMem_Realloc(old, 2 * object->room * sizeof(Member));
        if (!more)
            return 0;
        if (!old)
            memcpy(more, object->few, sizeof object->few);
        object->members = more;
        object->room *= 2;
    }
    object->members[object->count++] = *member;
    return 1;
}

static Text skip_space(Text at)
{
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
        at++;
    return at;
}

/* Return whether a word of eight bytes has one that is no ordinary character of a string: a
   quote, a backslash, a control character or a part of one beyond ASCII. */
static int has_special(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    uint64_t found = (word - ones * 0x20) | (quote - ones) | (backslash - ones) | word;
    return (found & highs) != 0;
}

static int is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Return the end of a character beyond ASCII, or NULL if it isn't UTF-8 (RFC 3629). */
static Text skip_character(Text at, Text end)
{
    unsigned char first = at[0];
    if (first < 0xC2 || first > 0xF4)
        return NULL;
    if (first < 0xE0)
        return end - at >= 2 && is_continuation(at[1]) ? at + 2 : NULL;
    if (end - at < 3 || !is_continuation(at[1]) || !is_continuation(at[2]))
        return NULL;
    if (first < 0xF0) {
        int too_long = first == 0xE0 && at[1] < 0xA0;
        int surrogate = first == 0xED && at[1] > 0x9F;
        return too_long || surrogate ? NULL : at + 3;
    }
    if (end - at < 4 || !is_continuation(at[3]))
        return NULL;
    if ((first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F))
        return NULL;
    return at + 4;
}

/* Return the number that four hexadecimal digits are, or -1. */
static int hexadecimal(Text at, Text end)
{
    int number = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = at[i] | 0x20;
        if (at[i] >= '0' && at[i] <= '9')
            digit = at[i] - '0';
        else if (digit >= 'a' && digit <= 'f')
            digit -= 'a' - 10;
        else
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

/* Return the end of an escape after its backslash, or NULL. A surrogate has to be one half of
   a pair. */
static Text skip_escape(Text at, Text end)
{
    int unit;
    if (*at != 'u')
        return *at && strchr("\"\\/bfnrt", *at) ? at + 1 : NULL;
    unit = hexadecimal(at + 1, end);
    at += 5;
    if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return NULL;
    if (unit < 0xD800 || unit > 0xDBFF)
        return at;
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return NULL;
    unit = hexadecimal(at + 2, end);
    return unit >= 0xDC00 && unit <= 0xDFFF ? at + 6 : NULL;
}

/* Return the end of a string after its opening quote, or NULL. */
static Text skip_string(Text at, Text end)
{
    while (at) {
        uint64_t word;
        while (end - at >= 8) {
            memcpy(&word, at, 8);
            if (has_special(word))
                break;
            at += 8;
        }
        while (*at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
            at++;
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at = skip_escape(at + 1, end);
        else
            at = *at < 0x20 ? NULL : skip_character(at, end);
    }
    return NULL;
}

static Text skip_digits(Text at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* Return the end of a number, or NULL if it isn't certain to be one that a double holds. */
static Text skip_number(Text at, int *kind)
{
    Text start = *at == '-' ? ++at : at, begin;
    *kind = INT;
    at = skip_digits(at);
    if (at == start || at - start > SAFE_DIGITS || (*start == '0' && at - start > 1))
        return NULL;
    if (*at == '.') {
        *kind = FLOAT;
        begin = ++at;
        at = skip_digits(at);
        if (at == begin)
            return NULL;
    }
    if (*at == 'e' || *at == 'E') {
        *kind = FLOAT;
        at++;
        at += *at == '+' || *at == '-';
        begin = at;
        at = skip_digits(at);
        if (at == begin || at - begin > 2)
            return NULL;
    }
    return at;
}

static Text skip_word(Text at, Text end, const char *word)
{
    size_t size = strlen(word);
    return (size_t)(end - at) >= size && memcmp(at, word, size) == 0 ? at + size : NULL;
}

/* Return whether a member has this name. */
static int is_named(const Member *member, const char *name, Py_ssize_t size)
{
    return member->name_end - member->name == size && memcmp(member->name, name, size) == 0;
}

static Text skip_value(Text at, Text end, int depth, int *kind);

/* Return the end of an object after its opening brace, or NULL.

   Its members are kept in `object`, and those of its member `data` in `payload`, unless these
   are NULL. */
static Text skip_object(Text at, Text end, int depth, Object *object, Object *payload)
{
    Member member;
    if (depth < 0)
        return NULL;
    at = skip_space(at);
    if (*at == '}')
        return at + 1;
    for (;;) {
        if (*at != '"')
            return NULL;
        member.name = at + 1;
        at = skip_string(at + 1, end);
        if (!at)
            return NULL;
        member.name_end = at - 1;
        at = skip_space(at);
        if (*at != ':')
            return NULL;
        member.value = at = skip_space(at + 1);
        if (payload && *at == '{' && is_named(&member, "data", 4)) {
            member.kind = OBJECT;
            at = skip_object(at + 1, end, depth - 1, payload, NULL);
        } else
            at = skip_value(at, end, depth, &member.kind);
        if (!at)
            return NULL;
        member.value_end = at;
        if (object && !add(object, &member))
            return NULL;
        at = skip_space(at);
        if (*at == '}')
            return at + 1;
        if (*at != ',')
            return NULL;
        at = skip_space(at + 1);
    }
}

static Text skip_array(Text at, Text end, int depth)
{
    int kind;
    if (depth < 0)
        return NULL;
    at = skip_space(at);
    if (*at == ']')
        return at + 1;
    for (;;) {
        at = skip_value(at, end, depth, &kind);
        if (!at)
            return NULL;
        at = skip_space(at);
        if (*at == ']')
            return at + 1;
        if (*at != ',')
            return NULL;
        at = skip_space(at + 1);
    }
}

/* Return the end of a value, or NULL; `depth` is the number of levels that it may have. */
static Text skip_value(Text at, Text end, int depth, int *kind)
{
    switch (*at) {
    case '"':
        *kind = STRING;
        return skip_string(at + 1, end);
    case '{':
        *kind = OBJECT;
        return skip_object(at + 1, end, depth - 1, NULL, NULL);
    case '[':
        *kind = ARRAY;
        return skip_array(at + 1, end, depth - 1);
    case 't':
        *kind = BOOL;
        return skip_word(at, end, "true");
    case 'f':
        *kind = BOOL;
        return skip_word(at, end, "false");
    case 'n':
        *kind = NULL_;
        return skip_word(at, end, "null");
    default:
        return skip_number(at, kind);
    }
}

/* Find the only member with a name: return 1 and set `found`, which is NULL if there is none;
   0 if there are several. */
static int find(const Object *object, const char *name, Py_ssize_t size, const Member **found)
{
    *found = NULL;
    for (int i = 0; i < object->count; i++) {
        if (!is_named(&object->members[i], name, size))
            continue;
        if (*found)
            return 0;
        *found = &object->members[i];
    }
    return 1;
}

/* Return whether no member of an object has an escape in its name. */
static int is_plain(const Object *object)
{
    for (int i = 0; i < object->count; i++) {
        const Member *one = &object->members[i];
        if (memchr(one->name, '\\', one->name_end - one->name))
            return 0;
    }
    return 1;
}

/* Return whether a string is one of these words, which are bytes. */
static int is_one_of(const Member *member, PyObject *words)
{
    Py_ssize_t size = member->value_end - member->value - 2;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(words); i++) {
        PyObject *word = PyTuple_GET_ITEM(words, i);
        if (PyBytes_GET_SIZE(word) == size &&
            memcmp(PyBytes_AS_STRING(word), member->value + 1, size) == 0)
            return 1;
    }
    return 0;
}

/* Return whether the members of a payload are those that a form describes. */
static int has_fields(const Object *object, PyObject *fields)
{
    if (!is_plain(object))
        return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(fields); i++) {
        PyObject *field = PyTuple_GET_ITEM(fields, i); /* name, kinds, is required, words */
        PyObject *name = PyTuple_GET_ITEM(field, 0);
        PyObject *words = PyTuple_GET_ITEM(field, 3);
        const Member *found;
        if (!find(object, PyBytes_AS_STRING(name), PyBytes_GET_SIZE(name), &found))
            return 0;
        if (!found) {
            if (PyTuple_GET_ITEM(field, 2) == Py_True)
                return 0;
            continue;
        }
        if (!(found->kind & PyLong_AsLong(PyTuple_GET_ITEM(field, 1))))
            return 0;
        if (words != Py_None && !is_one_of(found, words))
            return 0;
    }
    return 1;
}

/* Return the str that a string without escapes is; None if it is missing or no such string. */
static PyObject *text_of(const Member *member)
{
    if (!member || member->kind != STRING)
        Py_RETURN_NONE;
    Py_ssize_t size = member->value_end - member->value - 2;
    if (memchr(member->value + 1, '\\', size))
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8((const char *)member->value + 1, size, NULL);
}

static PyObject *bytes_of(Text start, Text end)
{
    return PyBytes_FromStringAndSize((const char *)start, end - start);
}

/* Return the members of a payload by their names, each as JSON text; the last of a name counts. */
static PyObject *split(const Object *object)
{
    PyObject *members = PyDict_New();
    for (int i = 0; members && i < object->count; i++) {
        const Member *one = &object->members[i];
        PyObject *name = PyUnicode_DecodeUTF8(
            (const char *)one->name, one->name_end - one->name, NULL);
        PyObject *value = bytes_of(one->value, one->value_end);
        if (!name || !value || PyDict_SetItem(members, name, value) < 0)
            Py_CLEAR(members);
        Py_XDECREF(name);
        Py_XDECREF(value);
    }
    return members;
}

/* The members of an envelope; each is NULL if it is missing. */
typedef struct {
    const Member *sender, *receiver, *type, *data, *id, *reply_to;
} Envelope;

static int find_envelope(const Object *frame, Envelope *envelope)
{
    return is_plain(frame) && find(frame, "sender", 6, &envelope->sender) &&
           find(frame, "receiver", 8, &envelope->receiver) &&
           find(frame, "type", 4, &envelope->type) && find(frame, "data", 4, &envelope->data) &&
           find(frame, "id", 2, &envelope->id) &&
           find(frame, "reply_to", 8, &envelope->reply_to);
}

/* Return a new reference to an id, None if it is absent or null, or NULL for any other value. */
static PyObject *id_of(const Member *member, long longest)
{
    PyObject *id = text_of(member);
    if (id == Py_None && member && member->kind != NULL_)
        Py_CLEAR(id);
    if (id && id != Py_None && PyUnicode_GET_LENGTH(id) > longest)
        Py_CLEAR(id);
    return id;
}

static PyObject *scan(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    Object frame, payload;
    Envelope envelope;
    Text at, end;
    PyObject *form, *fields, *taken = NULL;
    PyObject *type = NULL, *receiver = NULL, *sender = NULL, *id = NULL, *reply_to = NULL;
    PyObject *data = NULL;
    long depth, longest_id;

    if (nargs != 6 || !PyBytes_Check(args[0]) || !PyDict_Check(args[2]) ||
        !PyTuple_Check(args[3])) {
        PyErr_SetString(PyExc_TypeError, "scan(frame, ids, forms, extension, depth, longest_id)");
        return NULL;
    }
    depth = PyLong_AsLong(args[4]);
    longest_id = PyLong_AsLong(args[5]);
    if (PyErr_Occurred())
        return NULL;
    at = (Text)PyBytes_AS_STRING(args[0]);
    end = at + PyBytes_GET_SIZE(args[0]);
    begin(&frame);
    begin(&payload);

    at = skip_space(at);
    if (*at != '{')
        goto done;
    at = skip_object(at + 1, end, (int)depth - 1, &frame, &payload);
    if (!at || skip_space(at) != end || !find_envelope(&frame, &envelope))
        goto done;

    type = text_of(envelope.type);
    receiver = text_of(envelope.receiver);
    sender = text_of(envelope.sender);
    if (!type || !receiver || !sender)
        goto done;
    if (type == Py_None || receiver == Py_None)
        goto done;
    if (sender == Py_None) {
        if (envelope.sender && envelope.sender->kind == STRING)
            goto done;
        Py_SETREF(sender, PyUnicode_New(0, 0)); /* whatever else it is doesn't count */
        if (!sender)
            goto done;
    }
    form = PyDict_GetItemWithError(args[2], type); /* kind, kinds of data, fields, is split */
    if (!form && !PyErr_Occurred() && PyUnicode_GET_LENGTH(type) >= 2 &&
        PyUnicode_READ_CHAR(type, 0) == 'x' && PyUnicode_READ_CHAR(type, 1) == '-')
        form = args[3];
    if (!form)
        goto done;

    if (!((envelope.data ? envelope.data->kind : NULL_) &
          PyLong_AsLong(PyTuple_GET_ITEM(form, 1))))
        goto done;
    fields = PyTuple_GET_ITEM(form, 2);
    if (fields != Py_None && envelope.data && envelope.data->kind == OBJECT &&
        !has_fields(&payload, fields))
        goto done;
    if (args[1] == Py_True) {
        id = id_of(envelope.id, longest_id);
        reply_to = id ? id_of(envelope.reply_to, longest_id) : NULL;
        if (!reply_to)
            goto done;
    }
    if (PyTuple_GET_ITEM(form, 3) == Py_True)
        data = split(&payload);
    else if (envelope.data)
        data = bytes_of(envelope.data->value, envelope.data->value_end);
    else
        data = PyBytes_FromStringAndSize("null", 4);
    if (data)
        taken = PyTuple_Pack(
            7, PyTuple_GET_ITEM(form, 0), type, receiver, data, sender,
            id ? id : Py_None, reply_to ? reply_to : Py_None);

done:
    release(&frame);
    release(&payload);
    Py_XDECREF(type);
    Py_XDECREF(receiver);
    Py_XDECREF(sender);
    Py_XDECREF(id);
    Py_XDECREF(reply_to);
    Py_XDECREF(data);
    if (!taken && !PyErr_Occurred())
        Py_RETURN_NONE;
    return taken;
}

/* Return the size of a str in a frame, without quotes, or -1 if some of it has to be escaped or
   lies beyond ASCII. */
static Py_ssize_t written_size(PyObject *text)
{
    if (!PyUnicode_Check(text) || !PyUnicode_IS_COMPACT_ASCII(text))
        return -1;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    Text at = PyUnicode_1BYTE_DATA(text), end = at + size;
    for (; at < end; at++) {
        if (*at < 0x20 || *at == '"' || *at == '\\')
            return -1;
    }
    return size;
}

/* The names in a frame, in the order of the arguments of `write`; the payload comes last. */
static const char *const NAMES[] = {
    "{\"sender\":\"", "\",\"receiver\":\"", "\",\"type\":\"", "\",\"id\":\"", "\",\"reply_to\":\"",
};
static const char DATA[] = "\",\"data\":";

static char *append(char *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return to + size;
}

static PyObject *write_frame(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t nargs)
{
    Py_ssize_t sizes[5], size = sizeof DATA - 1 + 1;
    PyObject *frame;
    char *to;

    if (nargs != 6 || !PyBytes_Check(args[5])) {
        PyErr_SetString(
            PyExc_TypeError, "write(sender, receiver, type, id, reply_to, data: bytes)");
        return NULL;
    }
    for (int i = 0; i < 5; i++) {
        if (args[i] == Py_None)
            continue;
        sizes[i] = written_size(args[i]);
        if (sizes[i] < 0)
            Py_RETURN_NONE;
        size += strlen(NAMES[i]) + sizes[i];
    }
    frame = PyBytes_FromStringAndSize(NULL, size + PyBytes_GET_SIZE(args[5]));
    if (!frame)
        return NULL;
    to = PyBytes_AS_STRING(frame);
    for (int i = 0; i < 5; i++) {
        if (args[i] == Py_None)
            continue;
        to = append(to, NAMES[i], strlen(NAMES[i]));
        to = append(to, PyUnicode_1BYTE_DATA(args[i]), sizes[i]);
    }
    to = append(to, DATA, sizeof DATA - 1);
    to = append(to, PyBytes_AS_STRING(args[5]), PyBytes_GET_SIZE(args[5]));
    *to = '}';
    return frame;
}

static PyMethodDef methods[] = {
    {"scan", (PyCFunction)(void (*)(void))scan, METH_FASTCALL, NULL},
    {"write", (PyCFunction)(void (*)(void))write_frame, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_scanner", NULL, 0, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scanner(void)
{
    return PyModule_Create(&module);
}
