namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>A route without prefix; no methods means all.</summary>
internal sealed record HttpTriggerDefinition(string Name, string Route, IReadOnlyList<string> Methods, HttpAuthLevel AuthLevel)
    : TriggerDefinition(Name);
