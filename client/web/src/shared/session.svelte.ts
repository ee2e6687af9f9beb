// Who uses the page: reader and administrator pages share the center's sign-in.
import { client } from './rpc';
import { failureOf, kNotSignedIn, type Failure } from './failure';
import { SignInService } from '../gen/ecg/v1/sign_in_pb';
import { Role, type Person } from '../gen/ecg/v1/site_pb';

const service = client(SignInService);

class Session {
  phase = $state<'asking' | 'signed_out' | 'signed_in' | 'failed'>('asking');
  person = $state.raw<Person | null>(null);
  center_name = $state('');
  failure = $state.raw<Failure | null>(null);

  async ask(): Promise<void> {
    this.phase = 'asking';
    try {
      const answer = await service.getSession({});
      this.person = answer.person ?? null;
      this.center_name = answer.centerName;
      this.failure = null;
      this.phase = this.person ? 'signed_in' : 'signed_out';
    } catch (error) {
      this.failure = failureOf(error);
      this.phase = this.failure.code === kNotSignedIn ? 'signed_out' : 'failed';
    }
  }

  async enter(userName: string, password: string): Promise<void> {
    await service.signIn({ userName, password });
    await this.ask();
    if (this.phase === 'failed' && this.failure) throw new Error(this.failure.message());
  }

  async leave(): Promise<void> {
    try {
      await service.signOut({});
      this.ended();
    } catch (error) {
      // Nobody is told to be signed out while the session lives on.
      this.failure = failureOf(error);
      if (this.failure.code === kNotSignedIn) this.ended();
      else this.phase = 'failed';
    }
  }

  // The server says that the session is over.
  ended(): void {
    this.person = null;
    this.phase = 'signed_out';
  }

  has(role: Role): boolean {
    return this.person?.roles.includes(role) ?? false;
  }
}

export const session = new Session();
