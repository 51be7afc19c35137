using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Azure.Http;
using Rekey.Azure.Storage.Connections;
using Rekey.Core.Records;
using Rekey.Messaging;

namespace Rekey.Azure.Storage;

/// <summary>Dead letters as JSON in the container <c>deadletters</c>, named by reason and hash, so that each is stored once.</summary>
internal sealed class BlobDeadLetters(BlobServiceClient service, TimeProvider timeProvider) : IDeadLetters
{
    /// <summary>The container.</summary>
    public const string Container = "deadletters";

    /// <summary>The maximum UTF-8 bytes of a stored body.</summary>
    public const int LongestBody = 64 * 1024;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(Container);

    public async Task<string> KeepAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var id = $"{Plain(letter.Reason)}/{Plain(letter.BodySha256)}";
        var json = JsonSerializer.SerializeToUtf8Bytes(letter with { Body = Bounded(letter.Body) }, RecordJson.Options);
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
        };
        var blob = _container.GetBlobClient($"{id}.json");
        try
        {
            await BlobContainers.WithAsync(
                _container,
                () => blob.UploadAsync(BinaryData.FromBytes(json), options, cancellationToken),
                cancellationToken
            );
        }
        catch (RequestFailedException kept) when (kept.Status == 412 || kept.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // It is stored already.
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"container {Container}", timeProvider);
        }

        return id;
    }

    private static string Plain(string text) =>
        text.Length > 0 ? string.Concat(text.Take(128).Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-')) : "none";

    private static string? Bounded(string? body)
    {
        if (body is null || Encoding.UTF8.GetByteCount(body) <= LongestBody)
        {
            return body;
        }

        var bytes = new byte[LongestBody];
        Encoding.UTF8.GetEncoder().Convert(body, bytes, flush: false, out var chars, out _, out _);
        return string.Concat(body.AsSpan(0, chars), "…");
    }
}
