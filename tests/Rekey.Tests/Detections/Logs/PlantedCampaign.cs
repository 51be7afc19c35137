using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Core.Records;
using Rekey.Detections;
using Rekey.Detections.Campaigns;

namespace Rekey.Tests.Detections.Logs;

/// <summary>Rows of a campaign that somebody with write access to the tables makes, in the form that Rekey gives them.</summary>
internal static class PlantedCampaign
{
    /// <summary>Rows of a campaign as Rekey writes them: four forged, verified tokens of a month ago, and an honest one of today.</summary>
    public static void Plant(Watch watch, PresentedToken honest, TokenCampaign campaign)
    {
        watch.Campaigns.Rows.Forge(TokenCampaign.All, campaign.Row, campaign);
        var old = Enumerable
            .Range(0, 4)
            .Select(_ => watch.Token(at: watch.Now.AddDays(-30), iss: honest.Iss, kid: honest.Kid, thumbprint: honest.KeyThumbprint))
            .Append(honest);
        foreach (var share in old.GroupBy(t => TokenChunk.NumberOf(t.Id)))
        {
            var chunk = new TokenChunk(campaign.Id, share.Key) { Tokens = [.. share.Select(t => Raised(watch, t))] };
            var content = Packed(chunk);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            var place = $"tokenchunk~{campaign.Id}";
            watch.Chunks.Rows.Forge(place, $"{chunk.Row}~{hash}", new(place, $"{chunk.Row}~{hash}", content));
        }
    }

    public static TrackedToken Raised(Watch watch, PresentedToken token) =>
        new(token, [new("203.0.113.9", token.IssuedAt!.Value.AddMinutes(1), token.IssuedAt.Value.AddMinutes(1), 1)])
        {
            RaisedAt = watch.Now,
        };

    public static byte[] Packed(TokenChunk chunk)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(gzip, chunk, RecordJson.Options);
        }

        return packed.ToArray();
    }
}
