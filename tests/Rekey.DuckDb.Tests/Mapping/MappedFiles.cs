using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>Reads the access files of a folder with a map. Nobody issued their tokens, so each comes out as it was read.</summary>
internal static class MappedFiles
{
    public static async Task<LogFiles> OpenAsync(TempFolder folder, string map, LogPresets? presets = null)
    {
        folder.Write("issued/none.ndjson", "");
        return await LogFiles.OpenAsync(
            new([folder.File("issued")], [folder.File("access")], LogMapping.Parse(map, "map.json", presets)),
            CaseEngine.Options,
            null,
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>The unissued tokens, by <c>jti</c>.</summary>
    public static async Task<List<Sighting>> AccessesAsync(TempFolder folder, string map, LogPresets? presets = null)
    {
        await using var logs = await OpenAsync(folder, map, presets);
        Assert.Equal([], logs.Access.Sample.Select(s => $"{s.File}:{s.Line}: {s.Reason}"));
        return
        [
            .. (await SampleFiles.JudgeAsync(logs))
                .Where(s => s.Verdict is Verdict.Unissued)
                .OrderBy(s => s.Token.Jti, StringComparer.Ordinal),
        ];
    }
}
