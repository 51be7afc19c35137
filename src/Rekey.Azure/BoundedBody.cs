using Azure;

namespace Rekey.Azure;

/// <summary>Reads a reply that was not buffered, and no more of it than it may have: a faulty or hostile endpoint must not fill the memory.</summary>
internal static class BoundedBody
{
    /// <exception cref="RetryLaterException">The body is longer than <paramref name="longest"/> bytes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Response response, int longest, string what, CancellationToken cancel) =>
        response.ContentStream is { } stream ? await ReadAsync(stream, longest, what, cancel) : ReadOnlyMemory<byte>.Empty;

    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, int longest, string what, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > longest)
            {
                throw new RetryLaterException($"The reply of {what} is longer than {longest} bytes.");
            }
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
