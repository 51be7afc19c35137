namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>A storage queue.</summary>
internal sealed record QueueTriggerDefinition(string Name, string QueueName, string ConnectionString) : TriggerDefinition(Name);
