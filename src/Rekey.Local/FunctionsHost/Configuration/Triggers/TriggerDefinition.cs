namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>The trigger of a function. <paramref name="Name"/> is the binding's name, that of the function's parameter.</summary>
public abstract record TriggerDefinition(string Name);
