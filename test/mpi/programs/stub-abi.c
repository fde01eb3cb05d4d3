/*
 * A libmpi_abi of one rank, for machines without one: the handles, constants and statuses of the standard ABI of MPI 5,
 * written here from the standard's values. A call with anything else fails with MPI_ERR_OTHER (16).
 * Messages to oneself lie in one slot.
 */
#include <stdint.h>
#include <string.h>

typedef struct { int source, tag, error, internal[5]; } status_t;
typedef void *handle;

#define HANDLE(value) ((handle)(intptr_t)(value))
#define WORLD HANDLE(0x101)
#define SELF HANDLE(0x102)
#define REQUEST_NULL HANDLE(0x180)
#define DOUBLE HANDLE(0x214)
#define BYTE HANDLE(0x247)
enum { ANY_SOURCE = -1, ANY_TAG = -2, FUNNELED = 1024, OTHER = 16 };

static int is_initialized;
static struct { int bytes, tag, is_full; char data[256]; } slot;
static struct { void *buffer; int capacity, is_pending; } posted;

static int size_of(handle type) { return type == DOUBLE ? 8 : type == BYTE ? 1 : 0; }
static int is_comm(handle comm) { return comm == WORLD || comm == SELF; }

int MPI_Abi_get_version(int *major, int *minor) { *major = 1; *minor = 0; return 0; }
int MPI_Get_version(int *version, int *subversion) { *version = 5; *subversion = 0; return 0; }
int MPI_Get_library_version(char *text, int *length)
{
    strcpy(text, "Stub of the MPI ABI 1.0");
    *length = (int)strlen(text);
    return 0;
}
int MPI_Initialized(int *flag) { *flag = is_initialized; return 0; }
int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    (void)argc; (void)argv;
    if (required != FUNNELED) return OTHER;
    is_initialized = 1;
    *provided = required;
    return 0;
}
int MPI_Query_thread(int *provided) { *provided = FUNNELED; return 0; }
int MPI_Finalized(int *flag) { *flag = 0; return 0; }
int MPI_Finalize(void) { is_initialized = 0; return 0; }
int MPI_Abort(handle comm, int code) { (void)comm; return code; }
int MPI_Comm_set_errhandler(handle comm, handle handler)
{
    return is_comm(comm) && handler == HANDLE(0x143) ? 0 : OTHER;
}
int MPI_Comm_rank(handle comm, int *rank) { *rank = 0; return is_comm(comm) ? 0 : OTHER; }
int MPI_Comm_size(handle comm, int *size) { *size = 1; return is_comm(comm) ? 0 : OTHER; }
int MPI_Error_class(int code, int *errorclass) { *errorclass = code; return 0; }
int MPI_Error_string(int code, char *text, int *length)
{
    (void)code;
    strcpy(text, "stub");
    *length = 4;
    return 0;
}
int MPI_Send(const void *data, int count, handle type, int dest, int tag, handle comm)
{
    int bytes = count * size_of(type);
    if (!is_comm(comm) || dest != 0 || size_of(type) == 0 || slot.is_full || bytes > 256) return OTHER;
    memcpy(slot.data, data, (size_t)bytes);
    slot.bytes = bytes;
    slot.tag = tag;
    slot.is_full = 1;
    return 0;
}
int MPI_Irecv(void *buffer, int count, handle type, int source, int tag, handle comm, handle *request)
{
    if (!is_comm(comm) || source != ANY_SOURCE || tag != ANY_TAG || size_of(type) == 0) return OTHER;
    posted.buffer = buffer;
    posted.capacity = count * size_of(type);
    posted.is_pending = 1;
    *request = HANDLE(0x7654321);
    return 0;
}
int MPI_Test(handle *request, int *flag, status_t *status)
{
    if (*request != HANDLE(0x7654321) || !posted.is_pending) return OTHER;
    *flag = slot.is_full;
    if (!slot.is_full) return 0;
    if (slot.bytes > posted.capacity) return 15;
    memcpy(posted.buffer, slot.data, (size_t)slot.bytes);
    status->source = 0;
    status->tag = slot.tag;
    status->internal[4] = slot.bytes;
    slot.is_full = posted.is_pending = 0;
    *request = REQUEST_NULL;
    return 0;
}
int MPI_Get_count(const status_t *status, handle type, int *count)
{
    if (size_of(type) == 0) return OTHER;
    *count = status->internal[4] / size_of(type);
    return 0;
}
int MPI_Allreduce(const void *sent, void *received, int count, handle type, handle op, handle comm)
{
    if (!is_comm(comm) || type != DOUBLE || op != HANDLE(0x21)) return OTHER;
    if (sent != HANDLE(1)) memcpy(received, sent, (size_t)count * 8);
    return 0;
}
