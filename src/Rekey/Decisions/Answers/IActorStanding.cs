namespace Rekey.Decisions.Answers;

/// <summary>Tells whether a person may act: a person who is leaving may not.</summary>
public interface IActorStanding
{
    /// <summary>True when the directory confirmed that the person has left.</summary>
    Task<bool> IsDepartedAsync(string personId, CancellationToken cancellationToken);
}
