using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Rekey.Blocking.Publishing;

namespace Rekey.Functions.Blocking;

/// <summary>The signed blocklist as gateways get it, plain or under gzip. It is compressed once.</summary>
public sealed class ServedBlocklist
{
    private readonly string _state;
    private readonly Lazy<ReadOnlyMemory<byte>> _packed;

    public ServedBlocklist(ReadOnlyMemory<byte> content)
    {
        Content = content;
        _state = Base64Url.EncodeToString(SHA256.HashData(content.Span).AsSpan(0, 20));
        _packed = new(() => Pack(content));
    }

    /// <summary>The bytes of the JWS.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The bytes under gzip.</summary>
    public ReadOnlyMemory<byte> Packed => _packed.Value;

    /// <summary>Answers with the list, or 304 when the caller has it.</summary>
    public IResult Serve(HttpContext context)
    {
        var (gzip, headers) = (TakesGzip(context.Request), context.Response.Headers);
        var tag = new EntityTagHeaderValue($"\"{_state}{(gzip ? "-gzip" : "")}\"");
        headers.CacheControl = "private, no-cache";
        headers.Vary = "Accept-Encoding";
        if (HasIt(context.Request, tag))
        {
            headers.ETag = tag.ToString();
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        headers.ContentEncoding = gzip ? "gzip" : default;
        return Results.Bytes(gzip ? Packed : Content, BlockDocuments.Kind.ContentType, entityTag: tag);
    }

    private static ReadOnlyMemory<byte> Pack(ReadOnlyMemory<byte> content)
    {
        using var packed = new MemoryStream(content.Length / 2);
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(content.Span);
        }

        return packed.ToArray();
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding is { } accepted
        && (
            accepted.FirstOrDefault(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            ?? accepted.FirstOrDefault(e => e.Value == "*")
        )
            is { } found
        && found.Quality is null or > 0;

    /// <summary>Checked before compression: a gateway that polls nearly always has the current list.</summary>
    private static bool HasIt(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch is { } seen
        && seen.Any(s => s.Compare(tag, useStrongComparison: false) || s.Equals(EntityTagHeaderValue.Any));
}
