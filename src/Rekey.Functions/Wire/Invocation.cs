using System.Text.Json;

namespace Rekey.Functions.Wire;

/// <summary>A function that is not HTTP: what is done with its trigger's value, whichever head was called.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Binding">The trigger's name in function.json.</param>
/// <param name="KeepsItself">True when the sender keeps what is refused, and nobody else would bring it again: then only bad input is a dead letter.</param>
public sealed record Invocation(string Function, string Binding, Func<IServiceProvider, JsonElement, CancellationToken, Task> Run, bool KeepsItself = false);
