using Cronos;

namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>A six-field NCRONTAB schedule in UTC.</summary>
internal sealed record TimerTriggerDefinition(string Name, CronExpression Schedule, bool UseMonitor, bool RunOnStartup)
    : TriggerDefinition(Name);
