using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Rekey.Trust.Documents;

namespace Rekey.AspNetCore.Documents;

/// <summary>Downloads documents over HTTP: with ETag and gzip, a limit of bytes packed and unpacked, a limit of time, and no
/// redirects.</summary>
internal sealed class DocumentDownload(PullOptions options, TimeProvider timeProvider) : IDisposable
{
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Gets a document.</summary>
    /// <param name="key">The caller's key, for Rekey's app alone; null for any other server.</param>
    /// <param name="etag">The ETag of the caller's copy; null when it has none.</param>
    /// <exception cref="DownloadException">The server does not answer with a document of a bearable size in time.</exception>
    public async Task<DownloadedDocument> GetAsync(
        Uri address,
        DocumentKind kind,
        string? key,
        string? etag,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(options.PullTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await GetAsync(address, kind.MaxBytes, key, etag, both.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DownloadException($"It did not arrive within {options.PullTimeout}.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new DownloadException(e.Message, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<DownloadedDocument> GetAsync(
        Uri address,
        int maxBytes,
        string? key,
        string? etag,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (key is not null)
        {
            request.Headers.Add(PullOptions.KeyHeader, key);
        }

        if (etag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        }

        if (options.Authorize is { } authorize)
        {
            await authorize(request, cancellationToken);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotModified && etag is not null)
        {
            return new(Content: null, etag);
        }

        if (response.StatusCode is not HttpStatusCode.OK)
        {
            throw new DownloadException($"The server answered {(int)response.StatusCode}.", inner: null);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var packed = await ReadAsync(body, maxBytes, cancellationToken);
        return new(
            response.Content.Headers.ContentEncoding.ToList() switch
            {
                [] => packed,
                ["gzip"] => await UnpackAsync(packed, maxBytes, cancellationToken),
                _ => throw new DownloadException("Its content encoding is not gzip.", inner: null),
            },
            response.Headers.ETag?.ToString()
        );
    }

    private static async Task<byte[]> UnpackAsync(byte[] packed, int maxBytes, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        return await ReadAsync(gzip, maxBytes, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            if (all.Length + read > maxBytes)
            {
                throw new DownloadException($"It is longer than {maxBytes} bytes.", inner: null);
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
