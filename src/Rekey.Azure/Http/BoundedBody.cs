using Azure;
using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>Reads an unbuffered reply up to a limit: a faulty or hostile endpoint must not fill the memory.</summary>
internal static class BoundedBody
{
    /// <exception cref="RetryLaterException">The body is longer than <paramref name="longest"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Response response,
        int longest,
        string what,
        CancellationToken cancellationToken
    ) => response.ContentStream is { } stream ? await ReadAsync(stream, longest, what, cancellationToken) : ReadOnlyMemory<byte>.Empty;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream,
        int longest,
        string what,
        CancellationToken cancellationToken
    ) =>
        await TryReadAsync(stream, longest, expected: 0, cancellationToken)
        ?? throw new RetryLaterException($"The reply of {what} is longer than {longest} bytes.");

    /// <summary>Returns null if the body is longer than <paramref name="longest"/> bytes. It stores a body of known length once, without
    /// copies.</summary>
    public static async Task<ReadOnlyMemory<byte>?> TryReadAsync(Response response, int longest, CancellationToken cancellationToken)
    {
        var expected = response.Headers.ContentLengthLong ?? 0;
        return expected > longest ? null
            : response.ContentStream is { } stream ? await TryReadAsync(stream, longest, (int)expected, cancellationToken)
            : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>Reads and forgets a body, up to <paramref name="longest"/> bytes of it.</summary>
    public static async Task SkipAsync(Stream stream, int longest, CancellationToken cancellationToken) =>
        await TryReadAsync(stream, longest, expected: 0, cancellationToken);

    private static async Task<ReadOnlyMemory<byte>?> TryReadAsync(
        Stream stream,
        int longest,
        int expected,
        CancellationToken cancellationToken
    )
    {
        using var body = new MemoryStream(expected);
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > longest)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
