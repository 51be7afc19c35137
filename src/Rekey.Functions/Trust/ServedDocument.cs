using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Rekey.Functions.Trust;

/// <summary>A document with its ETag: a hash of its bytes, the same on every instance.</summary>
public sealed class ServedDocument(ReadOnlyMemory<byte> content)
{
    private readonly EntityTagHeaderValue _tag = new($"\"{Base64Url.EncodeToString(SHA256.HashData(content.Span).AsSpan(0, 20))}\"");

    /// <summary>The bytes of the document.</summary>
    public ReadOnlyMemory<byte> Content { get; } = content;

    /// <summary>Answers with the document, or 304 when the caller has it.</summary>
    public IResult Serve(HttpContext context, string contentType, string cacheControl)
    {
        context.Response.Headers.CacheControl = cacheControl;
        return Results.Bytes(Content, contentType, entityTag: _tag);
    }
}
