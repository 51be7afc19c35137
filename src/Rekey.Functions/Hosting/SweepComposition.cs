using Rekey.Azure.LogAnalytics;
using Rekey.Core.Records;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Issuances;
using Rekey.Detections.Responses;
using Rekey.Detections.Sweeps;
using Rekey.Detections.Sweeps.Steps;
using Rekey.DuckDb.Audit;
using Rekey.DuckDb.Folders;
using Rekey.DuckDb.Intake;
using Rekey.Exposures.Audit;
using Rekey.Functions.Hosting.Configuration;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations.Steps.Draining;
using Rekey.Rotations.Tokens;
using Rekey.Watchdogs;

namespace Rekey.Functions.Hosting;

/// <summary>Registers sweeps: over Log Analytics when a workspace is set, else over folders, else none.</summary>
internal static class SweepComposition
{
    public static void AddSweeps(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Rekey.Sweeps);
        services.AddSingleton(p => new FindUses(p.GetRequiredService<TimeProvider>(), p.GetService<ITokenLog>()));
        Composition.AddRecords<SweepState>(services, p => p.GetRequiredService<IHintRows<SweepState>>());
        Composition.AddRecords<SweepWatermark>(services, p => p.GetRequiredService<IHintRows<SweepWatermark>>());
        Composition.AddRecords<TokenCampaign>(services, _ => null);
        Composition.AddRecords<InstanceGaps>(services, _ => null);
        Composition.AddRecords<RecordHash>(services, _ => null);
        services.AddSingleton<IHashedRecords<TokenChunk>, HashedRecords<TokenChunk>>();
        services.AddSingleton<IRecords<TokenChunk>>(p => p.GetRequiredService<IHashedRecords<TokenChunk>>());
        if (settings.Azure.LogAnalytics.WorkspaceId is null)
        {
            if (settings.LogFolder is not { } folder)
            {
                services.AddSingleton<ISigningActivity, NoSigningLog>();
                services.AddSingleton<ILiveTokens, NoTokenLog>();
                return;
            }

            if (folder.AuditFolder is not null)
            {
                services.AddSingleton<IAuditLog>(new FolderAuditLog(folder));
            }

            services.AddSingleton(folder);
            services.AddSingleton<JudgedFiles>();
            if (folder.AuditFolder is not null)
            {
                services.AddSingleton<IAccountAudit>(new FolderAccountAudit(folder));
            }

            services.AddSingleton<ITokenLog>(p => new FolderTokenLog(
                folder,
                p.GetRequiredService<JudgedFiles>(),
                p.GetRequiredService<TimeProvider>(),
                Report(p.GetRequiredService<ILogger<FolderTokenLog>>())
            ));
        }

        services.AddSingleton<ILiveTokens, LoggedLiveTokens>();
        services.AddSingleton<LoggedIssuances>();
        services.AddSingleton<ISigningActivity>(p =>
            p.GetService<IAuditLog>() is null
                ? p.GetRequiredService<LoggedIssuances>()
                : new SigningLogs([p.GetRequiredService<LoggedIssuances>(), ActivatorUtilities.CreateInstance<AuditedSignatures>(p)])
        );
        services.AddSingleton(DetectionCatalog.Load());
        services.AddSingleton<KeptTokens>();
        services.AddSingleton<RecordSightings>();
        services.AddSingleton<WatchGaps>();
        services.AddSingleton<JudgeAgain>();
        services.AddSingleton<OrderForgedKeys>();
        services.AddSingleton<TokenBlocks>();
        services.AddSingleton<AskAboutTokens>();
        services.AddSingleton<OtherCampaigns>();
        services.AddSingleton<BlockTokens>();
        services.AddSingleton<ReportCampaign>();
        services.AddSingleton<SettleCampaign>();
        services.AddSingleton<SweepContexts>();
        services.AddSingleton<SettleCampaigns>();
        services.AddSingleton<JudgeBatch>();
        Composition.AddDecisionHandler<SweepTokens>(services);
        services.AddSingleton(
            new RegularRun(
                RunLedger.Sweeps,
                settings.Rekey.Sweeps.OverdueAfter,
                "The sweep of token logs is overdue: Rekey does not see forged tokens.",
                "SweepTokens"
            )
        );
    }

    /// <summary>Registers the ledger views of sweeps. The app shows and watches them even where it sweeps nothing.</summary>
    public static IEnumerable<Type> Views(IServiceProvider services) =>
        [
            typeof(IRecords<SweepState>),
            typeof(IRecords<SweepWatermark>),
            typeof(IRecords<TokenCampaign>),
            typeof(IRecords<InstanceGaps>),
            typeof(IRecords<RecordHash>),
            .. services.GetService<JudgedFiles>() is null ? (Type[])[] : [typeof(JudgedFiles)],
        ];

    private static Action<string, LogReading> Report(ILogger log) =>
        (stream, reading) =>
        {
            log.LogInformation(
                "Log files were read. Stream: {Stream}. Files: {Files}. Lines: {Rows}. Taken out by the map: {Filtered}. "
                    + "Bad lines: {BadLines}. Bad files: {BadFiles}",
                stream,
                reading.Files,
                reading.Rows,
                reading.Filtered,
                reading.BadLines,
                reading.BadFiles
            );
            foreach (var absent in reading.Absent)
            {
                log.LogWarning(
                    "The mapping file names a column that no line of these files has. If it is a mistake, tokens are judged without it. "
                        + "Stream: {Stream}. Column: {Absent}",
                    stream,
                    absent
                );
            }

            if (reading.PassedOver.Count > 0)
            {
                log.LogWarning(
                    "Files of a log folder were not read. A forged token in them is not found, and an honest token whose issuance is in "
                        + "them looks forged. Stream: {Stream}. Files: {PassedOver}. One of them: {File}, because {Reason}",
                    stream,
                    reading.PassedOver.Count,
                    Path.GetFileName(reading.PassedOver[0].Path),
                    reading.PassedOver[0].Reason
                );
            }
        };
}
