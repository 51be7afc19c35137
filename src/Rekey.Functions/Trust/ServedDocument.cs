using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Rekey.Functions.Trust;

/// <summary>A document with its ETag: a hash of its bytes, the same on every instance. It is served plain or under gzip.</summary>
public sealed class ServedDocument
{
    private readonly string _hash;
    private readonly Lazy<ReadOnlyMemory<byte>> _packed;

    public ServedDocument(ReadOnlyMemory<byte> content)
    {
        Content = content;
        _hash = Base64Url.EncodeToString(SHA256.HashData(content.Span).AsSpan(0, 20));
        _packed = new(() => Pack(content));
    }

    /// <summary>The bytes of the document.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The bytes under gzip.</summary>
    public ReadOnlyMemory<byte> Packed => _packed.Value;

    /// <summary>Answers with the document, or 304 when the caller has it.</summary>
    public IResult Serve(HttpContext context, string contentType, string cacheControl)
    {
        var (gzip, headers) = (TakesGzip(context.Request), context.Response.Headers);
        var tag = new EntityTagHeaderValue($"\"{_hash}{(gzip ? "-gzip" : "")}\"");
        headers.CacheControl = cacheControl;
        headers.Vary = "Accept-Encoding";
        if (HasIt(context.Request, tag))
        {
            headers.ETag = tag.ToString();
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        headers.ContentEncoding = gzip ? "gzip" : default;
        return Results.Bytes(gzip ? Packed : Content, contentType, entityTag: tag);
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

    /// <summary>Checked before compression: a gateway that polls nearly always has the current document.</summary>
    private static bool HasIt(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch is { } seen
        && seen.Any(s => s.Compare(tag, useStrongComparison: false) || s.Equals(EntityTagHeaderValue.Any));
}
