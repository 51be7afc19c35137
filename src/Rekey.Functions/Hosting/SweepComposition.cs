using Rekey.DuckDb;
using Rekey.Sweeps;

namespace Rekey.Functions.Hosting;

/// <summary>Puts sweeps together: over Log Analytics when a workspace is set, else over folders, else not at all.</summary>
public static class SweepComposition
{
    public static void AddSweeps(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Rekey.Sweeps);
        if (settings.Azure.LogAnalytics.WorkspaceId is null)
        {
            if (settings.LogFolder is not { } folder)
            {
                return;
            }

            services.AddSingleton<ITokenLog>(
                p => new FolderTokenLog(folder,
                p.GetRequiredService<JudgedFiles>(), p.GetRequiredService<TimeProvider>(),
                Report(p.GetRequiredService<ILogger<FolderTokenLog>>())));
        }

        services.AddSingleton(DetectionCatalog.Load());
        services.AddSingleton<RecordSightings>();
        services.AddSingleton<WatchGaps>();
        services.AddSingleton<JudgeAgain>();
        services.AddSingleton<OrderForgedKeys>();
        services.AddSingleton<BlockTokens>();
        services.AddSingleton<SettleCampaign>();
        services.AddSingleton<SweepTokens>();
    }

    private static Action<string, LogReading> Report(ILogger log) => (stream, reading) =>
    {
        log.LogInformation("Log files were read. Stream: {Stream}. Files: {Files}. Lines: {Rows}. Bad lines: {BadLines}. Bad files: {BadFiles}", stream, reading.Files, reading.Rows, reading.BadLines, reading.BadFiles);
        if (reading.Ignored.Count > 0)
        {
            log.LogWarning("Log files were left out: their names say no form that can be read, or they are more than a look-up of outlived tokens may read (LogFolder:MaxLookUpBytes), and old issuances in them make tokens look unissued. Stream: {Stream}. Files: {Ignored}. Such as: {File}",
                stream, reading.Ignored.Count, Path.GetFileName(reading.Ignored[0]));
        }
    };
}
